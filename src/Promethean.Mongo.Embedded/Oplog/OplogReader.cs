using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Oplog;

/// <summary>Finds records of the oplog in a view.</summary>
internal static class OplogReader
{
    /// <summary>Where the oplog lies: no client can name such a database.</summary>
    public static CollectionName Name { get; } = new("$promethean", "oplog");

    /// <summary>The cluster time of the last change that is no longer in the log.</summary>
    public static long TrimmedTo(IReadView view) => OplogRecord.Of(view.Scan(Log(view)).First()).Previous;

    /// <summary>The records with changes at a cluster time or later, in order.</summary>
    public static IEnumerable<OplogRecord> From(IReadView view, long time)
    {
        var log = Log(view);
        long? after = null;
        // The record that begins before that time may reach up to it.
        if (view.Scan(log, time, backward: true).Select(OplogRecord.Of).FirstOrDefault() is { } earlier)
            after = earlier.Last >= time ? earlier.First - 1 : earlier.First;
        return view.Scan(log, after).Select(OplogRecord.Of);
    }

    /// <summary>All records, the latest first.</summary>
    public static IEnumerable<OplogRecord> Backward(IReadView view) => view.Scan(Log(view), backward: true).Select(OplogRecord.Of);

    public static CollectionDefinition Log(IReadView view) => view.Catalogue.Find(Name)!;
}
