using System.Collections.Immutable;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Update;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>What the commands that write have in common.</summary>
internal static class Writes
{
    /// <summary>The collection to write to, made if it is not there.</summary>
    public static CollectionDefinition Ensure(IWriteTransaction transaction, CollectionName name) =>
        transaction.Catalogue.Find(name) ?? Create(transaction, name, []);

    public static CollectionDefinition Create(IWriteTransaction transaction, CollectionName name, BsonDocument options)
    {
        var collection = new CollectionDefinition
        {
            Id = transaction.AllocateId(),
            Name = name,
            Uuid = Guid.NewGuid(),
            Options = options,
            Indexes = ImmutableArray.Create(IndexDefinition.ForId(transaction.AllocateId())),
        };
        transaction.Save(collection);
        return collection;
    }

    /// <summary>Refuses a batch that is empty or larger than the handshake allows.</summary>
    public static void CheckBatchSize(int count)
    {
        if (count is < 1 or > WireLimits.MaxWriteBatch)
        {
            throw new MongoCommandFailedException(
                MongoErrorCode.InvalidLength, $"Write batch sizes must be between 1 and {WireLimits.MaxWriteBatch}. Got {count} operations.");
        }
    }

    /// <summary>The document with a valid <c>_id</c> as its first field, made if it had none.</summary>
    /// <exception cref="MongoCommandFailedException">The document is too large, or its <c>_id</c> has a type no _id may have.</exception>
    public static ReadOnlyMemory<byte> WithId(ReadOnlyMemory<byte> document)
    {
        if (document.Length > BsonLimits.MaxDocumentBytes)
        {
            throw new MongoCommandFailedException(
                MongoErrorCode.BSONObjectTooLarge, $"object to insert too large. size in bytes: {document.Length}, max size: {BsonLimits.MaxDocumentBytes}");
        }

        if (!BsonBytes.TryFind(document.Span, "_id"u8, out var element))
            return BsonBytes.WithFirst(document.Span, BsonBytes.Encode(new BsonDocument("_id", ObjectId.GenerateNewId())).AsSpan(4..^1), 4, 4);
        if (element.Type != BsonType.ObjectId) DocumentIdentity.CheckType(BsonBytes.ReadValue(document, element));
        return element.Start == 4 ? document : BsonBytes.WithFirst(document.Span, document.Span[element.Start..element.End], element.Start, element.End);
    }

    /// <summary>The same for a document not yet encoded.</summary>
    public static BsonDocument WithId(BsonDocument document)
    {
        if (document.ElementCount > 0 && document.GetElement(0).Name == "_id") return document;
        var id = document.TryGetValue("_id", out var given) ? given : ObjectId.GenerateNewId();
        var first = new BsonDocument("_id", id);
        foreach (var element in document)
        {
            if (element.Name != "_id") first.Add(element);
        }

        return first;
    }

    /// <summary>A failed statement as it stands in <c>writeErrors</c>.</summary>
    public static BsonDocument Error(int index, MongoCommandFailedException failure)
    {
        var error = new BsonDocument { { "index", index }, { "code", failure.Code }, { "codeName", failure.CodeName }, { "errmsg", failure.Message } };
        if (failure.Details is not null) error.Merge(failure.Details);
        return error;
    }

    /// <summary>Refuses fields of a statement that are not understood.</summary>
    public static void CheckFields(BsonDocument statement, string place, params ReadOnlySpan<string> known)
    {
        foreach (var field in statement)
        {
            if (!known.Contains(field.Name)) throw MongoCommandFailedException.Location(40415, $"BSON field '{place}.{field.Name}' is an unknown field.");
        }
    }

    /// <summary>Refuses every collation but the binary one.</summary>
    public static void CheckCollation(BsonValue? collation)
    {
        if (collation is null or BsonNull || (collation is BsonDocument document && (document.ElementCount == 0 || document.GetValue("locale", "") == "simple"))) return;
        throw MongoCommandFailedException.BadValue("This server compares strings by their bytes: the only collation it supports is {locale: 'simple'}");
    }
}
