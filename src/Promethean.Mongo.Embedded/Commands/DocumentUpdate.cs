using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Update;
using Promethean.Mongo.Embedded.Validation;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>One update applied to documents of one collection; shared by <c>update</c> and <c>findAndModify</c>.</summary>
internal sealed class DocumentUpdate(UpdateOperation operation, UpdateContext context)
{
    public bool IsReplacement => operation.IsReplacement;

    /// <summary>Changes one document; returns it before and after, the same instance if nothing changed.</summary>
    public (BsonDocument Before, BsonDocument After) Apply(CollectionWriter writer, MatchedDocument match)
    {
        var before = BsonBytes.Decode(match.Stored.Bytes);
        var after = operation.Apply(before, context with { PositionalIndex = match.Position });
        if (ReferenceEquals(before, after)) return (before, after);
        after = Writes.WithId(after);
        writer.Replace(match.Stored, before, after, operation);
        return (before, after);
    }

    /// <summary>Adds the document that an upsert makes of its filter; returns it.</summary>
    public BsonDocument Upsert(IWriteTransaction transaction, CollectionName name, BsonDocument query, ValidationPolicy validation)
    {
        var seed = UpsertSeed.From(query, operation.IsReplacement);
        var document = Writes.WithId(operation.Apply(seed, context with { IsInsert = true }));
        DocumentIdentity.CheckType(document["_id"]);
        new CollectionWriter(transaction, Writes.Ensure(transaction, name), validation).Insert(BsonBytes.EncodeForStorage(document));
        return document;
    }
}
