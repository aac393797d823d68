using Microsoft.Extensions.Logging;
using MongoDB.Driver;

namespace Promethean.Crawler;

/// <summary>Opens the stores once, on first use; an opening that failed is tried again by whoever asks next.</summary>
internal sealed class CrawlStoresProvider(
    IMongoDatabase database, VectorCollectionOpener open, CrawlerOptions options, TimeProvider time, ILogger<WebCrawler> logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private CrawlStores? _stores;
    private bool _disposed;

    public async ValueTask<CrawlStores> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _stores) is { } known) return known;
        ObjectDisposedException.ThrowIf(_disposed, this);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _stores ??= await CrawlStores.OpenAsync(database, open, options, time, logger, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_disposed) return;
            _disposed = true;
            if (Interlocked.Exchange(ref _stores, null) is { } stores) await stores.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }
}
