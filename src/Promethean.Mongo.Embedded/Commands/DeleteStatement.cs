using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>One element of a <c>delete</c> command.</summary>
internal static class DeleteStatement
{
    /// <summary>Carries the statement out; returns <c>{n}</c>.</summary>
    /// <exception cref="MongoCommandFailedException">The statement is malformed.</exception>
    public static BsonDocument Run(BsonDocument statement, IWriteTransaction transaction, CollectionName name, CommandContext context)
    {
        Writes.CheckFields(statement, "delete.deletes", "q", "limit", "collation", "hint");
        Writes.CheckCollation(statement.GetValue("collation", BsonNull.Value));
        if (statement.GetValue("q", BsonNull.Value) is not BsonDocument query)
            throw MongoCommandFailedException.Location(40414, "BSON field 'delete.deletes.q' is missing but a required field");
        if (!statement.TryGetValue("limit", out var limit) || !limit.IsNumeric || limit.ToDouble() is not (0 or 1))
            throw MongoCommandFailedException.FailedToParse("The limit field in delete objects must be 0 or 1");
        var find = DocumentQuery.Parse(query, context.Variables, hint: statement.GetValue("hint", BsonNull.Value));
        if (transaction.Catalogue.Find(name) is not { } collection) return new BsonDocument("n", 0);
        var writer = new CollectionWriter(transaction, collection);
        if (limit.ToDouble() == 1)
        {
            if (find.First(transaction, collection, context.Interruption) is not { } match) return new BsonDocument("n", 0);
            writer.Delete(match.Stored);
            return new BsonDocument("n", 1);
        }

        var deleted = 0;
        foreach (var match in find.Scan(collection).ContinueInPieces(transaction, context.Interruption))
        {
            writer.Delete(match.Stored);
            deleted++;
        }

        return new BsonDocument("n", deleted);
    }
}
