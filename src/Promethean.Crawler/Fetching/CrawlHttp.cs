using Promethean.SafeHttp;

namespace Promethean.Crawler;

/// <summary>The one HTTP client of fetcher and robots policy, over the guarded handler.</summary>
internal sealed class CrawlHttp(SafeHttpHandler handler) : IDisposable
{
    /// <summary>Without a time-out of its own: fetcher and robots policy have theirs.</summary>
    public HttpClient Client { get; } = new(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose() => Client.Dispose();
}
