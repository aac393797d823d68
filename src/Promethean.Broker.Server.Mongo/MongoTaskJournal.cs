using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Broker.Server.Mongo;

/// <summary>Keeps a broker's tasks in one collection, a document each.</summary>
internal sealed class MongoTaskJournal : ITaskJournal, IAsyncDisposable
{
    // A document has at most 16 MiB; the rest is for what the broker adds.
    private const int MaxDocumentBytes = 15 * 1024 * 1024;

    // The owner's token above, a count of changes below: whatever a later owner writes is newer.
    private const int CountBits = 40;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly MongoClient _client;
    private readonly string _address;
    private readonly TimeSpan _selection;
    private readonly IMongoCollection<BsonDocument> _tasks;
    private readonly OwnerLease _lease;
    private readonly MongoTaskJournalOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _living = Task.CompletedTask;
    private long _changes;

    public MongoTaskJournal(MongoUrl url, MongoTaskJournalOptions options, TimeProvider time, ILogger<MongoTaskJournal> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        var settings = MongoClientSettings.FromUrl(url);
        settings.ServerSelectionTimeout = settings.ServerSelectionTimeout < options.OperationTimeout ? settings.ServerSelectionTimeout : options.OperationTimeout;
        // Servers alone: a password stands in what else there is.
        (_address, _selection) = (string.Join(',', url.Servers), settings.ServerSelectionTimeout);
        settings.WriteConcern = WriteConcern.WMajority.With(journal: true);
        settings.ReadConcern = ReadConcern.Majority;
        settings.ReadPreference = ReadPreference.Primary;
        _client = new(settings);
        var database = _client.GetDatabase(options.Database ?? url.DatabaseName ?? "promethean");
        _tasks = database.GetCollection<BsonDocument>(options.Collection);
        _lease = new(database.GetCollection<BsonDocument>(options.Collection + "_owner"), options.Collection, options.LeaseDuration, time);
    }

    public int MaxTaskBytes => MaxDocumentBytes;

    public async IAsyncEnumerable<StoredTask> LoadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await OpenAsync(cancellationToken).ConfigureAwait(false);
        using var cursor = await _tasks.FindAsync(TaskDocuments.Kept(_time.GetUtcNow()), cancellationToken: cancellationToken).ConfigureAwait(false);
        while (await cursor.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var document in cursor.Current)
            {
                yield return TaskDocuments.Read(document);
            }
        }
    }

    public async Task WriteAsync(IReadOnlyList<TaskChange> batch, CancellationToken cancellationToken = default)
    {
        using var limit = new CancellationTokenSource(_options.OperationTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await _lease.EnsureAsync(either.Token).ConfigureAwait(false);
        // Anew for each attempt: one that was given up and takes effect late is then older than the one that followed it.
        var writes = batch.Select(change => TaskDocuments.Write(change, (_lease.Token << CountBits) + ++_changes)).ToList();
        BulkWriteResult<BsonDocument> result;
        try
        {
            result = await _tasks.BulkWriteAsync(writes, new() { IsOrdered = false }, either.Token).ConfigureAwait(false);
        }
        catch (MongoBulkWriteException<BsonDocument> e) when (e.WriteErrors.Any(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            // Something newer is there, which only a later owner can have written.
            await _lease.RenewAsync(either.Token).ConfigureAwait(false);
            throw;
        }

        // Where another broker has taken over and read all before this was written, nobody may be told that it was.
        await _lease.EnsureAsync(either.Token).ConfigureAwait(false);
        var missing = batch.Count - result.MatchedCount - result.Upserts.Count;
        if (missing > 0)
        {
            await _lease.RenewAsync(either.Token).ConfigureAwait(false);
            Log.TasksMissing(_logger, missing, _options.Collection);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _living.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_lease.Token > 0)
        {
            try
            {
                using var limit = new CancellationTokenSource(_options.OperationTimeout, _time);
                await _lease.ReleaseAsync(limit.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is MongoException or OperationCanceledException or TimeoutException)
            {
                Log.ReleaseFailed(_logger, _options.Collection, e);
            }
        }

        _client.Dispose();
        _stop.Dispose();
    }

    /// <summary>Takes the collection, and says what to do where MongoDB is not there or does not let it in.</summary>
    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _lease.AcquireAsync((holder, wait) => Log.WaitingForOwner(_logger, _options.Collection, holder, wait), cancellationToken).ConfigureAwait(false);
            Log.Owned(_logger, _options.Collection, _lease.Token);
            _living = Task.Run(() => LiveAsync(_stop.Token), CancellationToken.None);
            var index = new CreateIndexModel<BsonDocument>(Builders<BsonDocument>.IndexKeys.Ascending("gone_at"), new() { Name = "gone", Sparse = true });
            await _tasks.Indexes.CreateOneAsync(index, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (MongoAuthenticationException e)
        {
            throw new TaskJournalException(
                $"MongoDB at {_address} does not accept the user or the password, so the broker does not start without its queues. Correct them in the connection string.", e);
        }
        catch (Exception e) when (e is TimeoutException or MongoConnectionException)
        {
            throw new TaskJournalException(
                $"No MongoDB at {_address} answers and takes writes within {_selection}, so the broker does not start without its queues. Start it, or name another in the connection string.", e);
        }
    }

    /// <summary>Says again and again that this broker lives, and removes what is not needed any more.</summary>
    private async Task LiveAsync(CancellationToken cancellationToken)
    {
        var swept = _time.GetTimestamp();
        while (true)
        {
            await Task.Delay(_lease.RenewInterval, _time, cancellationToken).ConfigureAwait(false);
            try
            {
                using var limit = new CancellationTokenSource(_options.OperationTimeout, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                await _lease.RenewAsync(either.Token).ConfigureAwait(false);
                if (_time.GetElapsedTime(swept) >= SweepInterval)
                {
                    await _tasks.DeleteManyAsync(TaskDocuments.Gone(_time.GetUtcNow()), either.Token).ConfigureAwait(false);
                    swept = _time.GetTimestamp();
                }
            }
            catch (TaskJournalLostException)
            {
                // The next write finds it too, and tells the broker.
                return;
            }
            catch (Exception e) when (e is MongoException or TimeoutException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                Log.RenewalFailed(_logger, _options.Collection, e);
            }
        }
    }
}
