using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>dropIndexes</c>: removes indexes by name or key; never the one on <c>_id</c>.</summary>
internal sealed class DropIndexesCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["dropIndexes", "deleteIndexes"];

    public IReadOnlyList<string> Fields { get; } = ["index"];

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var name = context.Collection;
        var asked = context.Arguments.Optional("index") ?? throw MongoCommandFailedException.Location(40414, "BSON field 'dropIndexes.index' is missing but a required field");
        return await context.WriteAsync(transaction =>
        {
            var collection = transaction.Catalogue.Find(name)
                ?? throw new MongoCommandFailedException(MongoErrorCode.NamespaceNotFound, $"ns not found {name}");
            var dropped = asked is BsonString { Value: "*" }
                ? [.. collection.Indexes.Where(index => !index.IsId)]
                : (asked is BsonArray several ? several : [asked]).Select(one => Find(collection, one)).ToList();
            transaction.Save(collection with { Indexes = collection.Indexes.RemoveRange(dropped) });
            return CommandReply.Ok(new BsonElement("nIndexesWas", collection.Indexes.Length));
        }).ConfigureAwait(false);
    }

    private static IndexDefinition Find(CollectionDefinition collection, BsonValue asked)
    {
        var matching = collection.Indexes.Where(known => asked is BsonString name ? known.Name == name.Value : BsonOrder.AreEqual(known.Key, asked)).ToList();
        if (matching.Count > 1)
            throw new MongoCommandFailedException(181, "AmbiguousIndexKeyPattern", $"{matching.Count} indexes found for key: {asked}. They can only be dropped by name.");
        var index = matching.FirstOrDefault()
            ?? throw new MongoCommandFailedException(
                MongoErrorCode.IndexNotFound, asked is BsonString text ? $"index not found with name [{text.Value}]" : $"can't find index with key: {asked}");
        return index.IsId ? throw new MongoCommandFailedException(MongoErrorCode.InvalidOptions, "cannot drop _id index") : index;
    }
}
