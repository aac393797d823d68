using MongoDB.Bson;
using Promethean.Mongo.Embedded.Cursors;

namespace Promethean.Mongo.Embedded.Wire;

/// <summary>What a command answers: its fields, and, if it returns a cursor, a batch whose documents stay bytes until they are sent.</summary>
internal sealed class CommandReply(BsonDocument body, CursorBatch? batch = null)
{
    /// <summary>The reply's fields without <c>cursor</c>.</summary>
    public BsonDocument Body { get; } = body;

    /// <summary>The reply's <c>cursor</c> field, or null.</summary>
    public CursorBatch? Batch { get; } = batch;

    /// <summary>Whether the same command may be answered again and again, where the client allows it: an awaited <c>hello</c>.</summary>
    public bool MayRepeat { get; init; }

    /// <summary>A plain success with these fields.</summary>
    public static CommandReply Ok(params ReadOnlySpan<BsonElement> fields)
    {
        var body = new BsonDocument();
        foreach (var field in fields) body.Add(field);
        return new CommandReply(body.Add("ok", 1.0));
    }

    /// <summary>A success that carries a cursor.</summary>
    public static CommandReply Cursor(CursorBatch batch) => new(new BsonDocument("ok", 1.0), batch);
}
