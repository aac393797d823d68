namespace Promethean.Crawler;

/// <summary>What is needed of a stored page to ask for it anew.</summary>
internal sealed record KnownPage(string? ETag, string? LastModified, string? ContentSha256, string? SummaryModel, string? TaggerModel, bool Excluded, bool HasWork);
