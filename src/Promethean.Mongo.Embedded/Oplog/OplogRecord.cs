using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Oplog;

/// <summary>
/// Changes committed together, as they are stored: one record, whose number is the cluster time of its first change. The changes of a
/// transaction share that time; others follow each other, one tick apart.
/// <code>
/// {l: time of the last change, p: l of the record before, n: changes and b: bytes up to and with this record since the log began,
///  w: wall clock, s: session?, t: its transaction number?, m: whether a transaction, r: [{i: first statement, c: how many, v: result}], o: [changes]}
/// </code>
/// </summary>
internal sealed class OplogRecord(long first, BsonDocument stored)
{
    /// <summary>The cluster time of the first change.</summary>
    public long First => first;

    /// <summary>The cluster time of the last change.</summary>
    public long Last => stored["l"].AsInt64;

    /// <summary>The cluster time of the last change before this record, whether or not it is still in the log.</summary>
    public long Previous => stored["p"].AsInt64;

    public long TotalEntries => stored["n"].AsInt64;

    public long TotalBytes => stored["b"].AsInt64;

    public BsonDateTime WallTime => stored["w"].AsBsonDateTime;

    public WriteOrigin? Origin => stored.TryGetValue("s", out var session)
        ? new WriteOrigin(session.AsBsonBinaryData.ToGuid(GuidRepresentation.Standard), stored["t"].AsInt64, IsTransaction)
        : null;

    public IEnumerable<(int Statement, BsonDocument Result)> Results => stored.TryGetValue("r", out var results)
        ? results.AsBsonArray.SelectMany(result => Expand(result["i"].AsInt32, result["c"].AsInt32, result["v"].AsBsonDocument))
        : [];

    public IEnumerable<OplogEntry> Entries => stored["o"].AsBsonArray.Select(entry => OplogEntry.FromBson(entry.AsBsonDocument));

    private bool IsTransaction => stored["m"].AsBoolean;

    public static OplogRecord Of(StoredDocument stored) => new(stored.RecordId, BsonBytes.Lazy(stored.Bytes));

    /// <summary>The cluster time of the change at a place in this record.</summary>
    public long TimeOf(int entry) => IsTransaction ? first : first + entry;

    /// <summary>The place of a change among those that share its cluster time.</summary>
    public int OrderOf(int entry) => IsTransaction ? entry : 0;

    private static IEnumerable<(int Statement, BsonDocument Result)> Expand(int first, int count, BsonDocument stored)
    {
        // A copy: what is remembered must not hold the bytes of the whole record.
        var result = BsonBytes.Decode(BsonBytes.Encode(stored));
        return Enumerable.Range(first, count).Select(statement => (statement, result));
    }
}
