using System.Collections.Concurrent;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Crawler;

/// <summary>Says of seeds whether they can be crawled: before a run touches anything, and after it what became of them.</summary>
internal sealed class SeedCheck(IRobotsPolicy robots, CrawlUrlPolicy policy)
{
    /// <summary>Reads the seeds; what is no URL to crawl ends the run before it begins.</summary>
    public IReadOnlyList<CrawlUrl> Read(IReadOnlyList<string> seeds)
    {
        var (urls, failed) = (new List<CrawlUrl>(seeds.Count), new List<FailedSeed>());
        foreach (var seed in seeds)
        {
            if (CrawlUrl.TryCreate(seed, policy, out var url, out var reason)) urls.Add(url);
            else failed.Add(new FailedSeed(seed, reason, SeedFailure.Invalid));
        }

        return failed.Count == 0 ? urls : throw new CrawlFailedException(failed);
    }

    /// <summary>Asks each seed's site for its robots.txt, which tells whether anything of it can be had.</summary>
    /// <returns>The seeds that cannot be crawled now, by id.</returns>
    /// <exception cref="CrawlFailedException">All of them.</exception>
    public async Task<IReadOnlyDictionary<string, FailedSeed>> KnockAsync(IReadOnlyList<CrawlUrl> seeds, CancellationToken cancellationToken)
    {
        var failed = new ConcurrentDictionary<string, FailedSeed>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(seeds, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken }, async (seed, token) =>
        {
            var rules = await robots.GetAsync(seed.FetchUrl, token).ConfigureAwait(false);
            if (rules.UnreachableReason is { } reason)
                failed[seed.Id] = new FailedSeed(seed.FetchUrl.AbsoluteUri, $"its robots.txt could not be had, {reason}", rules.AddressForbidden ? SeedFailure.ForbiddenAddress : SeedFailure.Unreachable);
            else if (!rules.IsAllowed(seed.FetchUrl))
                failed[seed.Id] = new FailedSeed(seed.FetchUrl.AbsoluteUri, "its robots.txt disallows it", SeedFailure.Robots);
        }).ConfigureAwait(false);
        return failed.Count < seeds.DistinctBy(seed => seed.Id).Count()
            ? failed
            : throw new CrawlFailedException([.. seeds.DistinctBy(seed => seed.Id).Select(seed => failed[seed.Id])]);
    }

    /// <summary>Which seeds gave no page, following redirects as the crawl did.</summary>
    public static async Task<IReadOnlyList<FailedSeed>> FindFailedAsync(
        IReadOnlyList<CrawlUrl> seeds, IReadOnlyDictionary<string, FailedSeed> knocked, FrontierStore frontier, CancellationToken cancellationToken)
    {
        var failed = new List<FailedSeed>();
        foreach (var seed in seeds.DistinctBy(seed => seed.Id))
        {
            var url = await FindAsync(frontier, seed.Id, cancellationToken).ConfigureAwait(false);
            for (var hops = 0; url is not null && url["state"] == UrlState.Alias && hops < 20; hops++)
                url = await FindAsync(frontier, url["alias"]["to"].AsString, cancellationToken).ConfigureAwait(false);
            if (url is null || Kind(url["state"].AsString) is not { } kind) continue;
            var reason = url.Text("reason") ?? "its redirects go in a circle";
            failed.Add(knocked.GetValueOrDefault(seed.Id) ?? new FailedSeed(seed.FetchUrl.AbsoluteUri, reason, kind));
        }

        return failed;
    }

    private static SeedFailure? Kind(string state) => state switch
    {
        UrlState.Failed => SeedFailure.Unreachable,
        UrlState.Blocked => SeedFailure.Robots,
        UrlState.Skipped or UrlState.Alias => SeedFailure.NoPage,
        _ => null,
    };

    private static async Task<BsonDocument?> FindAsync(FrontierStore frontier, string id, CancellationToken cancellationToken) =>
        await frontier.Urls.Find(new BsonDocument("_id", id)).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
}
