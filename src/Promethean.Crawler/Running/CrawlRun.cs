namespace Promethean.Crawler;

/// <summary>One run as stored: a generation of the frontier. A crash does not end it.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Resumed">Whether an earlier process began it.</param>
/// <param name="Pages">Pages it has got so far.</param>
/// <param name="MaxPages">The most it gets.</param>
/// <param name="MaxDepth">How far from a seed.</param>
/// <param name="Scope">The hosts it may visit.</param>
internal sealed record CrawlRun(int Number, bool Resumed, long Pages, int MaxPages, int MaxDepth, CrawlScope Scope);
