namespace Promethean.Crawler.Tests;

/// <summary>The same rules for every site.</summary>
internal sealed class FixedRobots(RobotsRules rules) : IRobotsPolicy
{
    public ValueTask<RobotsRules> GetAsync(Uri url, CancellationToken cancellationToken = default) => ValueTask.FromResult(rules);
}
