namespace Promethean.Crawler;

/// <summary>Knows what each site's robots.txt asks. Safe for concurrent use.</summary>
public interface IRobotsPolicy
{
    /// <summary>
    /// The rules of the site a URL belongs to (scheme, host and port), fetched on first need. Failure to fetch is an
    /// answer too (<see cref="RobotsRules.Unreachable"/>); only a cancelled token throws.
    /// </summary>
    /// <param name="url">Any absolute http or https URL of the site.</param>
    /// <param name="cancellationToken">Stops waiting; a fetch shared with others goes on.</param>
    /// <returns>The rules.</returns>
    ValueTask<RobotsRules> GetAsync(Uri url, CancellationToken cancellationToken = default);
}
