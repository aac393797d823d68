using System.Collections.Immutable;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Sessions;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Oplog;

/// <summary>Appends to the oplog and cuts its oldest end. Used within write transactions, of which there is one at a time.</summary>
internal sealed class OplogWriter(ClusterClock clock, TimeProvider time, OplogLimits limits)
{
    private CollectionDefinition _log = null!;
    private State _state = new(0, 0, 0, 0, 0);

    /// <summary>Makes the log if it is not there, and finds its ends.</summary>
    public void Open(IWriteTransaction transaction)
    {
        if (transaction.Catalogue.Find(OplogReader.Name) is { } known)
        {
            _log = known;
            var oldest = OplogRecord.Of(transaction.Scan(known).First());
            var latest = OplogReader.Backward(transaction).First();
            _state = new State(latest.Last, latest.TotalEntries, latest.TotalBytes, oldest.TotalEntries, oldest.TotalBytes);
            clock.StartAfter(latest.Last);
            return;
        }

        _log = new CollectionDefinition
        {
            Id = transaction.AllocateId(),
            Name = OplogReader.Name,
            Uuid = Guid.NewGuid(),
            Indexes = ImmutableArray.Create(IndexDefinition.ForId(transaction.AllocateId())),
        };
        transaction.Save(_log);
        // The first record has no changes: it says since when none is missing.
        var start = clock.Committed.Value;
        _state = _state with { Last = start - 1 };
        Write(transaction, start, start, 0, 0, null, [], []);
    }

    /// <summary>Adds changes at the end of the log and returns the cluster time of the last one.</summary>
    public void Append(IWriteTransaction transaction, long first, long last, WriteOrigin? origin, IReadOnlyList<byte[]> entries, IReadOnlyList<StatementResult> results)
    {
        var before = _state;
        transaction.OnRollback(() => _state = before);
        Write(transaction, first, last, entries.Count, entries.Sum(entry => (long)entry.Length), origin, entries, results);
        if (IsOver(_state, 0)) Trim(transaction);
    }

    private void Write(
        IWriteTransaction transaction, long first, long last, long count, long bytes, WriteOrigin? origin, IReadOnlyList<byte[]> entries, IReadOnlyList<StatementResult> results)
    {
        var next = _state with { Last = last, Entries = _state.Entries + count, Bytes = _state.Bytes + bytes };
        var record = new BsonDocument
        {
            { "l", last },
            { "p", _state.Last },
            { "n", next.Entries },
            { "b", next.Bytes },
            { "w", new BsonDateTime(time.GetUtcNow().ToUnixTimeMilliseconds()) },
            { "m", origin is { IsTransaction: true } },
        };
        if (origin is not null)
        {
            record.Add("s", new BsonBinaryData(origin.Session, GuidRepresentation.Standard));
            record.Add("t", origin.Number);
        }

        if (results.Count > 0) record.Add("r", ResultsOf(results));
        transaction.Append(_log, first, RawDocument.AppendArray(BsonBytes.Encode(record), "o", entries));
        _state = next;
    }

    // A thousand inserts have the same result a thousand times: it is stored once.
    private static BsonArray ResultsOf(IReadOnlyList<StatementResult> results)
    {
        var stored = new BsonArray();
        for (var i = 0; i < results.Count;)
        {
            var first = results[i];
            var count = 1;
            while (i + count < results.Count && ReferenceEquals(results[i + count].Result, first.Result) && results[i + count].Statement == first.Statement + count) count++;
            stored.Add(new BsonDocument { { "i", first.Statement }, { "c", count }, { "v", first.Result } });
            i += count;
        }

        return stored;
    }

    // Once over a limit, a sixteenth goes at once: cutting costs little per change.
    private void Trim(IWriteTransaction transaction)
    {
        var cut = 0L;
        var state = _state;
        foreach (var record in transaction.Scan(_log).Select(OplogRecord.Of))
        {
            if (record.Last == _state.Last || !IsOver(state, 16)) break;
            cut = record.First;
            state = state with { OldestEntries = record.TotalEntries, OldestBytes = record.TotalBytes };
        }

        if (cut == 0) return;
        transaction.Truncate(_log, cut);
        _state = state;
    }

    private bool IsOver(State state, int spare) =>
        state.Entries - state.OldestEntries > limits.MaxEntries - (spare == 0 ? 0 : limits.MaxEntries / spare)
        || state.Bytes - state.OldestBytes > limits.MaxBytes - (spare == 0 ? 0 : limits.MaxBytes / spare);

    // The last change's time; the totals since the log began, and those up to the oldest record that is left.
    private sealed record State(long Last, long Entries, long Bytes, long OldestEntries, long OldestBytes);
}
