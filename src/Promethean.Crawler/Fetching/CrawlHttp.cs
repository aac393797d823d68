using Promethean.SafeHttp;

namespace Promethean.Crawler;

/// <summary>The one HTTP client of fetcher and robots policy, over a guarded handler of its own.</summary>
/// <remarks>Its own, for what a crawler may reach is not what the rest of a service may reach, in neither direction.</remarks>
internal sealed class CrawlHttp(CrawlNetwork network, TimeProvider time) : IDisposable
{
    /// <summary>Without a time-out of its own: fetcher and robots policy have theirs.</summary>
    public HttpClient Client { get; } = new(new SafeHttpHandler(network.Options, time)) { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose() => Client.Dispose();
}
