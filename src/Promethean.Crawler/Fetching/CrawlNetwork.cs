using Promethean.SafeHttp;

namespace Promethean.Crawler;

/// <summary>What the crawler, and it alone, may connect to.</summary>
internal sealed record CrawlNetwork(SafeHttpOptions Options);
