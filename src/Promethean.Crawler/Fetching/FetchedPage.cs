namespace Promethean.Crawler;

/// <summary>A page was read whole.</summary>
public sealed record FetchedPage : FetchResult
{
    /// <summary>The status of the answer, 200 as a rule.</summary>
    public required int Status { get; init; }

    /// <summary>The media type in lower case without parameters, sniffed from the bytes where the server named none.</summary>
    public required string MediaType { get; init; }

    /// <summary>The body, decompressed.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The character set the server named, or null: then a byte-order mark or the page itself tells.</summary>
    public string? Charset { get; init; }

    /// <summary>The <c>ETag</c> of the page, as written.</summary>
    public string? ETag { get; init; }

    /// <summary>The <c>Last-Modified</c> of the page, as written.</summary>
    public string? LastModified { get; init; }

    /// <summary>The values of <c>X-Robots-Tag</c>, one per header line.</summary>
    public IReadOnlyList<string> RobotsTags { get; init; } = [];

    /// <summary>How long the server says the page stays fresh (<c>Cache-Control: max-age</c>), or null.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The bytes of the body that came over the wire, still compressed.</summary>
    public long BytesRead { get; init; }
}
