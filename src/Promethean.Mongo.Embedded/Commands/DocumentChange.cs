using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Update;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>What findAndModify does to the one document it finds.</summary>
internal sealed class DocumentChange
{
    public required DocumentQuery Query { get; init; }

    public required BsonDocument Filter { get; init; }

    /// <summary>What to do to the document; null to remove it.</summary>
    private DocumentUpdate? Update { get; init; }

    /// <summary>What to return of the document; null for all of it.</summary>
    private Projection? Projection { get; init; }

    private bool ReturnsNew { get; init; }

    private bool Upserts { get; init; }

    public static DocumentChange Parse(CommandContext context)
    {
        var arguments = context.Arguments;
        var filter = arguments.Document("query");
        var update = arguments.Optional("update");
        var remove = arguments.Boolean("remove");
        var returnsNew = arguments.Boolean("new");
        var upserts = arguments.Boolean("upsert");
        if (remove == update is not null) throw MongoCommandFailedException.FailedToParse("Either an update or remove=true must be specified, and not both");
        if (remove && returnsNew) throw MongoCommandFailedException.FailedToParse("Cannot specify both new=true and remove=true; 'remove' always returns the deleted document");
        if (remove && upserts) throw MongoCommandFailedException.FailedToParse("Cannot specify both upsert=true and remove=true");
        return new DocumentChange
        {
            Query = DocumentQuery.Parse(filter, context.Variables, arguments.OptionalDocument("sort"), arguments.Optional("hint")),
            Filter = filter,
            Update = update is null
                ? null
                : new DocumentUpdate(
                    UpdateOperation.Parse(update, arguments.OptionalArray("arrayFilters"), context.Variables),
                    new UpdateContext(context.Now) { Variables = context.Variables }),
            Projection = arguments.OptionalDocument("fields") is { ElementCount: > 0 } fields ? Projection.Parse(fields, context.Variables) : null,
            ReturnsNew = returnsNew,
            Upserts = upserts,
        };
    }

    /// <summary>Returns <c>{lastErrorObject, value}</c>.</summary>
    public BsonDocument Run(IWriteTransaction transaction, CollectionName name, CommandContext context)
    {
        if (transaction.Catalogue.Find(name) is { } collection && Query.First(transaction, collection, context.Interruption) is { } match)
        {
            var writer = new CollectionWriter(transaction, collection, context.Validation);
            if (Update is null)
            {
                writer.Delete(match.Stored);
                return Result(new BsonDocument("n", 1), BsonBytes.Decode(match.Stored.Bytes), match.Position);
            }

            var (before, after) = Update.Apply(writer, match);
            return Result(new BsonDocument { { "n", 1 }, { "updatedExisting", true } }, ReturnsNew ? after : before, match.Position);
        }

        if (Update is null) return Result(new BsonDocument("n", 0), null, null);
        if (!Upserts) return Result(new BsonDocument { { "n", 0 }, { "updatedExisting", false } }, null, null);
        var inserted = Update.Upsert(transaction, name, Filter, context.Validation);
        var outcome = new BsonDocument { { "n", 1 }, { "updatedExisting", false }, { "upserted", inserted["_id"] } };
        return Result(outcome, ReturnsNew ? inserted : null, null);
    }

    private BsonDocument Result(BsonDocument outcome, BsonDocument? value, int? position)
    {
        if (value is not null && Projection is not null) value = Projection.Apply(value, position);
        return new BsonDocument { { "lastErrorObject", outcome }, { "value", (BsonValue?)value ?? BsonNull.Value } };
    }
}
