namespace Promethean.Crawler;

/// <summary>A run that cannot begin, or that got no page because every seed failed. What was stored before is untouched.</summary>
public sealed class CrawlFailedException : Exception
{
    /// <summary>A failed run, without more to say.</summary>
    public CrawlFailedException()
        : this("The crawl failed.")
    {
    }

    /// <summary>A failed run.</summary>
    /// <param name="message">What happened, where, and what to do next.</param>
    public CrawlFailedException(string message)
        : base(message)
    {
    }

    /// <summary>A failed run.</summary>
    /// <param name="message">What happened, where, and what to do next.</param>
    /// <param name="innerException">The cause.</param>
    public CrawlFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>A run whose seeds failed.</summary>
    /// <param name="seeds">Each seed with its reason; at least one.</param>
    public CrawlFailedException(IReadOnlyList<FailedSeed> seeds)
        : base(string.Join(Environment.NewLine, (seeds ?? []).Select(Sentence))) => Seeds = seeds ?? [];

    /// <summary>The seeds that failed; empty where the exception was made from a message alone.</summary>
    public IReadOnlyList<FailedSeed> Seeds { get; } = [];

    private static string Sentence(FailedSeed seed) => seed.Kind switch
    {
        SeedFailure.Invalid => $"The seed '{seed.Seed}' cannot be crawled: {seed.Reason}.",
        SeedFailure.ForbiddenAddress => $"The seed '{seed.Seed}' must not be crawled: {seed.Reason}. If that network is yours to crawl, allow it.",
        SeedFailure.Robots => $"The seed '{seed.Seed}' is not ours to crawl: {seed.Reason}.",
        SeedFailure.NoPage => $"The seed '{seed.Seed}' gives no page: {seed.Reason}.",
        _ => $"The seed '{seed.Seed}' could not be reached: {seed.Reason}.",
    };
}
