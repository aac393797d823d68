using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using Promethean.Vectors;

namespace Promethean.DualSink;

/// <summary>One comparison of the two stores, in three passes: what is noted as unfinished; every document against its vector; every vector against its document.</summary>
/// <remarks>Mending a key goes through the lanes and looks again first, so it neither overtakes a write nor undoes one.</remarks>
internal sealed class Reconciliation(
    ISinkLedger ledger,
    IVectorCollection vectors,
    KeyedLanes lanes,
    DualSinkOptions options,
    Func<BsonDocument, CancellationToken, ValueTask<VectorRecord?>> project,
    ILogger logger)
{
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);
    private long _checked;
    private long _repaired;
    private long _deleted;

    public async Task<DualSinkReport> RunAsync(CancellationToken cancellationToken)
    {
        await ledger.PrepareAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var keys in BatchesAsync(ledger.PendingAsync(options.ReconcileBatch, cancellationToken)).ConfigureAwait(false))
        {
            await MendAllAsync(keys, cancellationToken).ConfigureAwait(false);
        }

        await CompareDocumentsAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var ids in BatchesAsync(vectors.ListIdsAsync(cancellationToken)).ConfigureAwait(false))
        {
            var known = await ledger.KnownAsync(ids, cancellationToken).ConfigureAwait(false);
            await MendAllAsync(ids.Where(id => !known.Contains(id)), cancellationToken).ConfigureAwait(false);
        }

        return new DualSinkReport(_checked, _repaired, _deleted, _failed.Count);
    }

    private async Task CompareDocumentsAsync(CancellationToken cancellationToken)
    {
        HashSet<string>? ids = null;
        if (!options.CompareContent)
        {
            ids = new HashSet<string>(StringComparer.Ordinal);
            await foreach (var id in vectors.ListIdsAsync(cancellationToken).ConfigureAwait(false)) ids.Add(id);
        }

        await foreach (var page in ledger.AllAsync(options.ReconcileBatch, cancellationToken).ConfigureAwait(false))
        {
            _checked += page.Count;
            var there = ids is null ? await HashesAsync([.. page.Select(p => p.Key)], cancellationToken).ConfigureAwait(false) : null;
            await MendAllAsync(page.Where(p => !Agrees(p.Key, p.Value)).Select(p => p.Key), cancellationToken).ConfigureAwait(false);

            bool Agrees(string key, SinkState state) =>
                !state.Pending && state.Have == state.Want && (there is null ? ids!.Contains(key) : there.GetValueOrDefault(key) == state.Want);
        }
    }

    private async Task MendAllAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        string[] open;
        lock (_failed) open = [.. keys.Where(key => !_failed.Contains(key))];
        await Parallel.ForEachAsync(
            open,
            new ParallelOptions { MaxDegreeOfParallelism = options.MaxConcurrency, CancellationToken = cancellationToken },
            async (key, token) => await lanes.RunAsync(key, () => MendAsync(key, token), token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task MendAsync(string key, CancellationToken cancellationToken)
    {
        SinkState? state = null;
        try
        {
            var found = await ledger.FindAsync(key, cancellationToken).ConfigureAwait(false);
            state = found?.State;
            if (state is null || state.Deleted)
            {
                await RemoveAsync(key, state, cancellationToken).ConfigureAwait(false);
                return;
            }

            var record = await project(found!.Value.Document, cancellationToken).ConfigureAwait(false);
            if (record is null) await ForgetAsync(key, state, cancellationToken).ConfigureAwait(false);
            else await RewriteAsync(key, state, record, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            lock (_failed) _failed.Add(key);
            Log.NotMended(logger, e, options.Name, key);
            await ledger.NoteFailureAsync(key, state?.Want, e.Message, 1, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RemoveAsync(string key, SinkState? state, CancellationToken cancellationToken)
    {
        var removed = await vectors.DeleteAsync([key], cancellationToken).ConfigureAwait(false);
        if (state is not null && !await ledger.RemoveAsync(key, cancellationToken).ConfigureAwait(false))
        {
            await ledger.ReopenAsync(key, cancellationToken).ConfigureAwait(false);
            return;
        }

        Interlocked.Increment(ref _checked);
        Interlocked.Add(ref _deleted, removed);
    }

    private async Task ForgetAsync(string key, SinkState state, CancellationToken cancellationToken)
    {
        var removed = await vectors.DeleteAsync([key], cancellationToken).ConfigureAwait(false);
        if (!await ledger.ForgetAsync(key, state.Want, cancellationToken).ConfigureAwait(false)) await ledger.ReopenAsync(key, cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref _deleted, removed);
    }

    private async Task RewriteAsync(string key, SinkState state, VectorRecord record, CancellationToken cancellationToken)
    {
        if (record.Id != key) throw new InvalidOperationException($"The projection of document '{key}' has the id '{record.Id}'; it must be the document's _id.");
        record.Check(vectors.Spec);
        var want = RecordHash.Of(record, vectors.Spec);
        if (!state.Pending && state.Have == want)
        {
            var there = await HashesAsync([key], cancellationToken).ConfigureAwait(false);
            if (there.GetValueOrDefault(key) == want) return;
        }

        if (state.Want != want && !await ledger.IntendInsteadAsync(key, state.Want, want, cancellationToken).ConfigureAwait(false))
        {
            await ledger.ReopenAsync(key, cancellationToken).ConfigureAwait(false);
            return;
        }

        await vectors.UpsertAsync([record], cancellationToken).ConfigureAwait(false);
        if (await ledger.SettleAsync(key, want, cancellationToken).ConfigureAwait(false)) Interlocked.Increment(ref _repaired);
        else await ledger.ReopenAsync(key, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Dictionary<string, string>> HashesAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var records = await vectors.GetAsync(keys, cancellationToken).ConfigureAwait(false);
        return records.ToDictionary(record => record.Id, record => RecordHash.Of(record, vectors.Spec), StringComparer.Ordinal);
    }

    private async IAsyncEnumerable<IReadOnlyList<string>> BatchesAsync(IAsyncEnumerable<string> keys)
    {
        var batch = new List<string>(options.ReconcileBatch);
        await foreach (var key in keys.ConfigureAwait(false))
        {
            batch.Add(key);
            if (batch.Count < options.ReconcileBatch) continue;
            yield return batch;
            batch = new List<string>(options.ReconcileBatch);
        }

        if (batch.Count > 0) yield return batch;
    }
}
