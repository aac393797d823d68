namespace Promethean.Crawler.Server;

/// <summary>The body of <c>GET /search</c>.</summary>
internal sealed record SearchAnswer(string Query, IReadOnlyList<CrawlSearchHit> Hits);
