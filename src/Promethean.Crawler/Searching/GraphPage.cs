namespace Promethean.Crawler;

/// <summary>A page as stored, with its nearest neighbours.</summary>
public sealed record GraphPage
{
    /// <summary>SHA-1 of <see cref="CanonicalUrl"/>, in hex.</summary>
    public required string Id { get; init; }

    /// <summary>Its address.</summary>
    public required string Url { get; init; }

    /// <summary>The address that all spellings of it share.</summary>
    public required string CanonicalUrl { get; init; }

    /// <summary>Its host's name.</summary>
    public required string Domain { get; init; }

    /// <summary>Its title; may be empty.</summary>
    public required string Title { get; init; }

    /// <summary>The language it declares, or null.</summary>
    public string? Lang { get; init; }

    /// <summary>When it was first stored.</summary>
    public DateTimeOffset? FirstSeenAt { get; init; }

    /// <summary>When it was last asked for with success.</summary>
    public DateTimeOffset? LastCrawledAt { get; init; }

    /// <summary>The status of the last download.</summary>
    public int Status { get; init; }

    /// <summary>Its media type.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>SHA-256 of title and text, in hex.</summary>
    public string ContentSha256 { get; init; } = "";

    /// <summary>The beginning of its text.</summary>
    public string TextExcerpt { get; init; } = "";

    /// <summary>Its summary, or null while there is none.</summary>
    public string? Summary { get; init; }

    /// <summary>The model that summarised it, or null.</summary>
    public string? SummaryModel { get; init; }

    /// <summary>Its tags, each with <c>#</c>.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What is raised of <c>blocked_by_robots</c>, <c>error</c>, <c>gone</c>, <c>dynamic</c>, <c>empty</c>, <c>noindex</c> and <c>pass_failed</c>.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>The pass that comes next, or null when none is due.</summary>
    public string? NextPass { get; init; }

    /// <summary>Why it could not be had, or a pass was given up; null when all is well.</summary>
    public string? Error { get; init; }

    /// <summary>Pages it links to, at most as many as asked for.</summary>
    public required IReadOnlyList<GraphNeighbour> LinksTo { get; init; }

    /// <summary>Pages that link to it, at most as many as asked for.</summary>
    public required IReadOnlyList<GraphNeighbour> LinkedFrom { get; init; }

    /// <summary>How many links leave it.</summary>
    public required long OutDegree { get; init; }

    /// <summary>How many links lead to it.</summary>
    public required long InDegree { get; init; }
}
