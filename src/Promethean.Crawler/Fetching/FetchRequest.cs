namespace Promethean.Crawler;

/// <summary>One page to fetch, with the validators of the copy already held, if any.</summary>
public sealed record FetchRequest
{
    /// <summary>The address asked for: absolute, http or https.</summary>
    public required Uri Url { get; init; }

    /// <summary>The <c>ETag</c> of the copy held, as the server wrote it; sent as <c>If-None-Match</c>.</summary>
    public string? ETag { get; init; }

    /// <summary>The <c>Last-Modified</c> of the copy held, as the server wrote it; sent as <c>If-Modified-Since</c>.</summary>
    public string? LastModified { get; init; }

    /// <summary>
    /// The address the validators came from, which is the <see cref="FetchResult.FinalUrl"/> of that fetch; null for
    /// <see cref="Url"/>. They are sent to this address alone: another page may well be older than the copy held.
    /// </summary>
    public Uri? ValidatorUrl { get; init; }

    /// <summary>
    /// Asked before each redirect is followed, with its target; false ends the fetch with
    /// <see cref="FetchRefusal.RedirectDeclined"/>, naming the target. Null follows all that the fetcher's own rules allow.
    /// A crawler that counts requests per host uses it to take targets on other hosts into its frontier instead.
    /// </summary>
    public Func<Uri, bool>? FollowRedirect { get; init; }
}
