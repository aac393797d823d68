using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>Turns a source of documents into the replies of a cursor.</summary>
internal static class Batches
{
    /// <summary>How many documents the first batch has if the client does not say.</summary>
    public const int DefaultFirst = 101;

    /// <summary>The first batch; if there may be more, the cursor is kept for getMore.</summary>
    /// <param name="context">The command that opens the cursor.</param>
    /// <param name="name">The namespace the cursor reads.</param>
    /// <param name="source">The documents; owned by the cursor from now on.</param>
    /// <param name="view">What the first batch is read from.</param>
    /// <param name="batchSize">The most documents of the first batch, which may be 0.</param>
    /// <param name="single">Whether the first batch is to be the only one.</param>
    public static CommandReply First(CommandContext context, CollectionName name, IDocumentSource source, IReadView view, long? batchSize, bool single = false)
    {
        var cursor = new ServerCursor(name, context.Session?.Id, source, timesOut: !context.Arguments.Boolean("noCursorTimeout"))
        {
            TransactionNumber = context.Transaction?.Number,
        };
        var batch = new BatchBuilder((int)Math.Min(batchSize ?? DefaultFirst, int.MaxValue));
        var keep = false;
        try
        {
            keep = cursor.Fill(batch, view, context.Interruption) && !single;
            if (keep) context.Server.Cursors.Add(cursor);
        }
        finally
        {
            if (!keep) cursor.Dispose();
        }

        return Reply(cursor, batch, isFirst: true);
    }

    /// <summary>A further batch of a cursor that was taken from the registry.</summary>
    public static CommandReply Next(CommandContext context, ServerCursor cursor, int batchSize)
    {
        var cursors = context.Server.Cursors;
        var batch = new BatchBuilder(batchSize);
        var keep = false;
        try
        {
            using var view = context.OpenView();
            keep = cursor.Fill(batch, view, context.Interruption);
            if (keep) cursors.GiveBack(cursor);
        }
        finally
        {
            if (!keep) cursors.Remove(cursor);
        }

        return Reply(keep ? cursor : null, cursor.Name, batch, isFirst: false);
    }

    private static CommandReply Reply(ServerCursor cursor, BatchBuilder batch, bool isFirst) => Reply(cursor, cursor.Name, batch, isFirst);

    private static CommandReply Reply(ServerCursor? cursor, CollectionName name, BatchBuilder batch, bool isFirst) => CommandReply.Cursor(new CursorBatch
    {
        CursorId = cursor?.Id ?? 0,
        Namespace = name.ToString(),
        IsFirst = isFirst,
        Documents = batch.Documents,
    });
}
