using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Update;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>One element of an <c>update</c> command.</summary>
internal sealed class UpdateStatement
{
    private readonly BsonDocument _query;
    private readonly DocumentQuery _find;
    private readonly DocumentUpdate _update;
    private readonly bool _multi;
    private readonly bool _upsert;

    /// <exception cref="MongoCommandFailedException">The statement is malformed.</exception>
    public UpdateStatement(BsonDocument statement, CommandContext context)
    {
        Writes.CheckFields(statement, "update.updates", "q", "u", "c", "multi", "upsert", "collation", "arrayFilters", "hint", "sort");
        Writes.CheckCollation(statement.GetValue("collation", BsonNull.Value));
        _query = statement.GetValue("q", BsonNull.Value) as BsonDocument ?? throw MongoCommandFailedException.Location(40414, "BSON field 'update.updates.q' is missing but a required field");
        _multi = statement.GetValue("multi", false).ToBoolean();
        _upsert = statement.GetValue("upsert", false).ToBoolean();
        var variables = context.Variables;
        if (statement.GetValue("c", BsonNull.Value) is BsonDocument constants) variables = variables.With(constants);
        var sort = statement.GetValue("sort", BsonNull.Value) as BsonDocument;
        if (_multi && sort is not null) throw MongoCommandFailedException.FailedToParse("Cannot specify sort with multi=true");
        _find = DocumentQuery.Parse(_query, variables, sort, statement.GetValue("hint", BsonNull.Value));
        var operation = UpdateOperation.Parse(statement.GetValue("u", BsonNull.Value), statement.GetValue("arrayFilters", BsonNull.Value) as BsonArray, variables);
        _update = new DocumentUpdate(operation, new UpdateContext(context.Now) { Variables = variables });
        if (_multi && _update.IsReplacement) throw MongoCommandFailedException.FailedToParse("multi update is not supported for replacement-style update");
    }

    /// <exception cref="MongoCommandFailedException">The statement is malformed.</exception>
    public static UpdateStatement Parse(ReadOnlyMemory<byte> statement, CommandContext context) => new(BsonBytes.Decode(statement), context);

    /// <summary>Carries the statement out; returns <c>{n, nModified, upserted?}</c>. A failure in mid-way keeps what was done before it.</summary>
    public BsonDocument Run(IWriteTransaction transaction, CollectionName name, CommandContext context)
    {
        var matched = 0;
        var modified = 0;
        if (transaction.Catalogue.Find(name) is { } collection)
        {
            var writer = new CollectionWriter(transaction, collection, context.Validation);
            foreach (var match in Matches(transaction, collection, context))
            {
                matched++;
                var (before, after) = _update.Apply(writer, match);
                if (!ReferenceEquals(before, after)) modified++;
            }
        }

        if (matched > 0 || !_upsert) return new BsonDocument { { "n", matched }, { "nModified", modified } };
        var inserted = _update.Upsert(transaction, name, _query, context.Validation);
        return new BsonDocument { { "n", 1 }, { "nModified", 0 }, { "upserted", inserted["_id"] } };
    }

    private IEnumerable<MatchedDocument> Matches(IWriteTransaction transaction, CollectionDefinition collection, CommandContext context)
    {
        if (_multi) return _find.Scan(collection).ContinueInPieces(transaction, context.Interruption);
        return _find.First(transaction, collection, context.Interruption) is { } match ? [match] : [];
    }
}
