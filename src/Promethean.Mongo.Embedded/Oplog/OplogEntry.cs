using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Oplog;

/// <summary>One change, with all that a change event can tell of it but its time.</summary>
internal sealed record OplogEntry
{
    /// <summary>The stored name of <see cref="Document"/>.</summary>
    public const string DocumentField = "o";

    /// <summary>One of <see cref="OperationType"/>.</summary>
    public required string Type { get; init; }

    /// <summary>The collection changed; its name is empty where a whole database was dropped.</summary>
    public required CollectionName Name { get; init; }

    public Guid? Uuid { get; init; }

    /// <summary>The <c>_id</c> of the document changed; left out where <see cref="Document"/> has it.</summary>
    public BsonValue? Id { get; init; }

    /// <summary>The document inserted, or put in place of another.</summary>
    public BsonDocument? Document { get; private init; }

    /// <summary>What an update changed: see <see cref="UpdateDescription"/>.</summary>
    public BsonDocument? Update { get; init; }

    /// <summary>The document before the change, where the collection keeps images.</summary>
    public BsonDocument? Before { get; private init; }

    /// <summary>The document after an update, where the collection keeps images.</summary>
    public BsonDocument? After { get; private init; }

    /// <summary>The new name of a collection that was renamed.</summary>
    public CollectionName? To { get; init; }

    /// <summary>The <c>operationDescription</c> of expanded events.</summary>
    public BsonDocument? Description { get; init; }

    /// <summary>The <c>_id</c> of the document changed, or null if none was.</summary>
    public BsonValue? DocumentId => Id ?? (Document is { } document && document.TryGetValue("_id", out var id) ? id : null);

    /// <summary>The entry as it is stored, with <see cref="Document"/>, <see cref="Before"/> and <see cref="After"/> given as bytes.</summary>
    public byte[] Encode(ReadOnlyMemory<byte> document = default, ReadOnlyMemory<byte> before = default, ReadOnlyMemory<byte> after = default)
    {
        var stored = new BsonDocument { { "t", Type }, { "d", Name.Database }, { "c", Name.Name } };
        if (Uuid is { } uuid) stored.Add("u", new BsonBinaryData(uuid, GuidRepresentation.Standard));
        if (Id is not null) stored.Add("i", Id);
        if (Update is not null) stored.Add("x", Update);
        if (To is { } to) stored.Add("n", to.Name);
        if (Description is not null) stored.Add("e", Description);
        return RawDocument.Append(BsonBytes.Encode(stored), (DocumentField, document), ("b", before), ("a", after));
    }

    public static OplogEntry FromBson(BsonDocument stored)
    {
        var database = stored["d"].AsString;
        return new OplogEntry
        {
            Type = stored["t"].AsString,
            Name = new CollectionName(database, stored["c"].AsString),
            Uuid = stored.TryGetValue("u", out var uuid) ? uuid.AsBsonBinaryData.ToGuid(GuidRepresentation.Standard) : null,
            Id = stored.TryGetValue("i", out var id) ? id : null,
            Document = Optional(stored, DocumentField),
            Update = Optional(stored, "x"),
            Before = Optional(stored, "b"),
            After = Optional(stored, "a"),
            To = stored.TryGetValue("n", out var to) ? new CollectionName(database, to.AsString) : null,
            Description = Optional(stored, "e"),
        };
    }

    private static BsonDocument? Optional(BsonDocument stored, string field) => stored.TryGetValue(field, out var value) ? value.AsBsonDocument : null;
}
