using MongoDB.Bson;
using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>
/// Deletes documents whose time is over ("TTL Indexes" in MongoDB's manual), round after round, as any client's delete would. In an
/// array the earliest date counts; what is no date never expires.
/// </summary>
internal sealed class ExpiryMonitor : IAsyncDisposable
{
    /// <summary>Deletes at a time: clients' writes come in between.</summary>
    private const int BatchSize = 500;

    private readonly ServerState _server;
    private readonly CancellationTokenSource _stopping = new();
    private readonly PeriodicTimer _timer;
    private readonly Interruption _interruption;
    private readonly Task _running;

    private ExpiryMonitor(ServerState server)
    {
        _server = server;
        _timer = new PeriodicTimer(server.ExpiryInterval, server.Time);
        _interruption = new Interruption(server.Time, null, _stopping.Token);
        _running = RunAsync();
    }

    public static ExpiryMonitor Start(ServerState server) => new(server);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _timer.Dispose();
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        // The first round must not begin on the caller of Start.
        await Task.Yield();
        while (await _timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false))
        {
            try
            {
                await DeleteExpiredAsync().ConfigureAwait(false);
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Log.ExpiryFailed(_server.Logger, failure);
            }

            _server.Expiry.AddPass();
        }
    }

    private async Task DeleteExpiredAsync()
    {
        var now = _server.Time.GetUtcNow();
        List<(CollectionName Name, long Index)> due;
        using (var view = _server.Storage.OpenView())
        {
            // Most rounds find nothing: then there is nothing to write either.
            due =
            [
                .. from collection in view.Catalogue.Collections
                   from index in collection.Indexes
                   where index.ExpireAfter is not null && Expired(view, collection, index, now).Any()
                   select (collection.Name, index.Id),
            ];
        }

        foreach (var (name, index) in due)
        {
            int deleted;
            do
            {
                deleted = await _server.Storage.WriteAsync(transaction => Delete(transaction, name, index, now), _stopping.Token).ConfigureAwait(false);
                _server.Expiry.AddDeleted(deleted);
            }
            while (deleted == BatchSize);
        }
    }

    private int Delete(IWriteTransaction transaction, CollectionName name, long indexId, DateTimeOffset now)
    {
        // The index may have been dropped or given another time meanwhile.
        if (transaction.Catalogue.Find(name) is not { } collection || collection.Indexes.FirstOrDefault(known => known.Id == indexId) is not { ExpireAfter: not null } index) return 0;
        var writer = new CollectionWriter(transaction, collection);
        var expired = Expired(transaction, collection, index, now).Take(BatchSize).ToList();
        foreach (var match in expired) writer.Delete(match.Stored);
        return expired.Count;
    }

    private IEnumerable<MatchedDocument> Expired(IReadView view, CollectionDefinition collection, IndexDefinition index, DateTimeOffset now)
    {
        var latest = now.ToUnixTimeMilliseconds() - (long)index.ExpireAfter!.Value.TotalMilliseconds;
        var filter = DocumentFilter.Parse(new BsonDocument(index.Paths[0].Text, new BsonDocument("$lte", new BsonDateTime(latest))));
        var plan = new QueryPlan { Index = index, Ranges = IndexBounds.Of(index, filter.Bounds).Ranges };
        return new MatchScan(new DocumentScan(collection, plan), filter).Continue(view, _interruption);
    }
}
