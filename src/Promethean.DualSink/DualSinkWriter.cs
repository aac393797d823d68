using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Vectors;

namespace Promethean.DualSink;

/// <summary>The dual sink over a MongoDB collection and a vector collection, which it must own alone.</summary>
/// <remarks>
/// <para>A write goes: the document with <c>sink.&lt;name&gt; = {want: hash, have: null, pending: true}</c>; the vector, tried
/// again with growing delays; <c>have = want</c> where <c>want</c> is still that hash. A delete goes: the document marked
/// <c>deleted</c>; the vector removed; the document removed. A crash between two steps leaves <c>pending</c> behind, and
/// <see cref="ReconcileAsync"/> finishes from there.</para>
/// <para>A write whose content is already settled in both stores touches MongoDB alone. Disposing refuses new calls and
/// waits for those under way; it leaves the two collections open.</para>
/// </remarks>
public sealed class DualSinkWriter : IDualSink, IAsyncDisposable
{
    private readonly ISinkLedger _ledger;
    private readonly IVectorCollection _vectors;
    private readonly DualSinkOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly KeyedLanes _lanes;

    /// <summary>Joins two collections.</summary>
    /// <param name="documents">The documents, with strings as <c>_id</c>; written with the collection's own write concern.</param>
    /// <param name="vectors">The vectors; nobody else may write to them.</param>
    /// <param name="options">The sink's name and how hard it tries.</param>
    /// <param name="time">Times delays and attempts.</param>
    /// <param name="logger">Where retries and failures are told.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public DualSinkWriter(IMongoCollection<BsonDocument> documents, IVectorCollection vectors, DualSinkOptions options, TimeProvider time, ILogger logger)
        : this(new MongoSinkLedger(documents ?? throw new ArgumentNullException(nameof(documents)), Checked(options).Name), vectors, options, time, logger)
    {
    }

    internal DualSinkWriter(ISinkLedger ledger, IVectorCollection vectors, DualSinkOptions options, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        _ledger = ledger;
        _vectors = vectors;
        _options = Checked(options);
        _time = time;
        _logger = logger;
        _lanes = new KeyedLanes(options.MaxConcurrency);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(DualSinkEntry entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentException.ThrowIfNullOrEmpty(entry.Key);
        ArgumentNullException.ThrowIfNull(entry.Update);
        ArgumentNullException.ThrowIfNull(entry.Vector);
        if (entry.Vector.Id != entry.Key) throw new ArgumentException($"The entry '{entry.Key}' has a vector with the id '{entry.Vector.Id}'; they must be the same.", nameof(entry));
        entry.Vector.Check(_vectors.Spec);
        var want = RecordHash.Of(entry.Vector, _vectors.Spec);
        using var flight = DualSinkTelemetry.Fly(Name);
        await _lanes.RunAsync(entry.Key, () => WriteInLaneAsync(entry, want, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        using var flight = DualSinkTelemetry.Fly(Name);
        await _lanes.RunAsync(key, () => DeleteInLaneAsync(key, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<DualSinkReport> ReconcileAsync(
        Func<BsonDocument, CancellationToken, ValueTask<VectorRecord?>> project,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(project);
        var reconciliation = new Reconciliation(_ledger, _vectors, _lanes, _options, project, _logger);
        try
        {
            var report = await reconciliation.RunAsync(cancellationToken).ConfigureAwait(false);
            DualSinkTelemetry.Reconciled(Name, report);
            Log.Reconciled(_logger, Name, report.Checked, report.Repaired, report.Deleted, report.Failed);
            return report;
        }
        catch (Exception e) when (e is not (OperationCanceledException or ObjectDisposedException))
        {
            throw new DualSinkException(
                DualSinkStage.Reconcile,
                null,
                $"The reconciliation of sink '{Name}' stopped because a store could not be read: {e.Message} Nothing is lost; run it again.",
                e);
        }
    }

    /// <summary>Refuses new calls and waits for those under way.</summary>
    public ValueTask DisposeAsync() => _lanes.DisposeAsync();

    private static DualSinkOptions Checked(DualSinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return options;
    }

    private async Task WriteInLaneAsync(DualSinkEntry entry, string want, CancellationToken cancellationToken)
    {
        SinkState? before;
        try
        {
            before = await _ledger.IntendAsync(entry.Key, entry.Update, want, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw new DualSinkException(
                DualSinkStage.Document,
                entry.Key,
                $"The document '{entry.Key}' of sink '{Name}' could not be written: {e.Message} Whether MongoDB stored it is not known; the vectors were not touched. Write it again.",
                e);
        }

        // From here on the document is safe, and the lane is left only when the vector store has answered: order holds.
        var stored = _time.GetTimestamp();
        if (before?.Have != want)
        {
            await TryVectorsAsync(entry.Key, want, "stored", async token => await _vectors.UpsertAsync([entry.Vector], token).ConfigureAwait(false)).ConfigureAwait(false);
        }

        await MarkAsync(entry.Key, () => _ledger.SettleAsync(entry.Key, want, CancellationToken.None)).ConfigureAwait(false);
        DualSinkTelemetry.Written(Name, _time.GetElapsedTime(stored));
    }

    private async Task DeleteInLaneAsync(string key, CancellationToken cancellationToken)
    {
        bool marked;
        try
        {
            marked = await _ledger.IntendDeleteAsync(key, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw new DualSinkException(
                DualSinkStage.Document,
                key,
                $"The document '{key}' of sink '{Name}' could not be marked for deletion: {e.Message} Whether MongoDB did is not known; the vectors were not touched. Delete it again.",
                e);
        }

        await TryVectorsAsync(key, null, "removed", async token => await _vectors.DeleteAsync([key], token).ConfigureAwait(false)).ConfigureAwait(false);
        if (marked) await MarkAsync(key, () => _ledger.RemoveAsync(key, CancellationToken.None)).ConfigureAwait(false);
        DualSinkTelemetry.Deleted(Name);
    }

    private async Task TryVectorsAsync(string key, string? want, string what, Func<CancellationToken, Task> write)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var timeout = new CancellationTokenSource(_options.AttemptTimeout, _time);
                await write(timeout.Token).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (attempt < _options.MaxAttempts && IsWorthRetrying(e))
            {
                DualSinkTelemetry.Retried(Name);
                Log.Retrying(_logger, e, Name, key, attempt);
                await Task.Delay(RetryDelay(attempt), _time).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                DualSinkTelemetry.Failed(Name);
                Log.Failed(_logger, e, Name, key, attempt);
                await NoteFailureAsync(key, want, e, attempt).ConfigureAwait(false);
                throw new DualSinkException(
                    DualSinkStage.Vector,
                    key,
                    $"The vector of document '{key}' of sink '{Name}' could not be {what} in '{_vectors.Name}' after {attempt} attempts: {e.Message} The document is safe in MongoDB and marked unfinished; reconciliation will finish it.",
                    e);
            }
        }
    }

    // False means that another process changed the document meanwhile: whose vector came last is unknown, so it is looked at again.
    private async Task MarkAsync(string key, Func<Task<bool>> mark)
    {
        try
        {
            if (!await mark().ConfigureAwait(false)) await _ledger.ReopenAsync(key, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            DualSinkTelemetry.Failed(Name);
            throw new DualSinkException(
                DualSinkStage.Mark,
                key,
                $"The document '{key}' of sink '{Name}' and its vector were written, but that they agree could not be noted: {e.Message} Reconciliation will note it.",
                e);
        }
    }

    private async Task NoteFailureAsync(string key, string? want, Exception error, int tries)
    {
        try
        {
            await _ledger.NoteFailureAsync(key, want, error.Message, tries, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.FailureNotNoted(_logger, e, Name, key);
        }
    }

    private TimeSpan RetryDelay(int attempt)
    {
        var doubled = _options.RetryDelay * Math.Pow(2, Math.Min(attempt - 1, 30));
        return doubled < _options.MaxRetryDelay ? doubled : _options.MaxRetryDelay;
    }

    private static bool IsWorthRetrying(Exception e) => e is not (ObjectDisposedException or VectorStoreException { IsTransient: false });
}
