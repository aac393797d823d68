namespace Promethean.Crawler;

/// <summary>The copy held is still the page (status 304).</summary>
public sealed record PageNotModified : FetchResult
{
    /// <summary>The <c>ETag</c> the server named with its answer, or null.</summary>
    public string? ETag { get; init; }

    /// <summary>The <c>Last-Modified</c> the server named with its answer, or null.</summary>
    public string? LastModified { get; init; }
}
