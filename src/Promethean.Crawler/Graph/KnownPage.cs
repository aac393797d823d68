namespace Promethean.Crawler;

/// <summary>What is needed of a stored page to ask for it anew.</summary>
internal sealed record KnownPage
{
    public required string? ETag { get; init; }

    public required string? LastModified { get; init; }

    public required string? ContentSha256 { get; init; }

    public required string? SummaryModel { get; init; }

    public required string? TaggerModel { get; init; }

    public required string? EmbedModel { get; init; }

    /// <summary>Whether it had no text, or asked not to be found.</summary>
    public required bool Excluded { get; init; }

    /// <summary>Whether a pass is due.</summary>
    public required bool HasWork { get; init; }
}
