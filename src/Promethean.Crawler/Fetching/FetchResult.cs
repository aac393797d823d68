namespace Promethean.Crawler;

/// <summary>
/// What became of a fetch: one of <see cref="FetchedPage"/>, <see cref="PageNotModified"/>, <see cref="FetchRefused"/>
/// and <see cref="FetchFailed"/>.
/// </summary>
public abstract record FetchResult
{
    private protected FetchResult()
    {
    }

    /// <summary>The address that gave the answer, after all redirects that were followed.</summary>
    public required Uri FinalUrl { get; init; }

    /// <summary>The addresses that answered with a redirect, in order; empty where the first one gave the answer.</summary>
    public IReadOnlyList<Uri> Redirects { get; init; } = [];

    /// <summary>The time from the first request to this answer.</summary>
    public TimeSpan Elapsed { get; init; }
}
