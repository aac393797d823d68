namespace Promethean.Crawler;

/// <summary>Where a URL leads, and what its server said of that answer.</summary>
internal sealed record AliasNote(string Target, string? ETag, string? LastModified);
