namespace Promethean.Crawler;

/// <summary>A URL found, to be put into the frontier if it is not there.</summary>
internal readonly record struct NewUrl(CrawlUrl Url, int Depth, int Hops = 0, bool FromSeed = false);
