namespace Promethean.Crawler;

/// <summary>One page to fetch, with the validators of the copy already held, if any.</summary>
public sealed record FetchRequest
{
    /// <summary>The address asked for: absolute, http or https.</summary>
    public required Uri Url { get; init; }

    /// <summary>The <c>ETag</c> of the copy held, as the server wrote it; sent as <c>If-None-Match</c> to <see cref="Url"/> itself.</summary>
    public string? ETag { get; init; }

    /// <summary>The <c>Last-Modified</c> of the copy held, as the server wrote it; sent as <c>If-Modified-Since</c> to <see cref="Url"/> itself.</summary>
    public string? LastModified { get; init; }

    /// <summary>
    /// Asked before each redirect is followed, with its target; false ends the fetch with
    /// <see cref="FetchRefusal.RedirectDeclined"/>, naming the target. Null follows all that the fetcher's own rules allow.
    /// A crawler that counts requests per host uses it to take targets on other hosts into its frontier instead.
    /// </summary>
    public Func<Uri, bool>? FollowRedirect { get; init; }
}
