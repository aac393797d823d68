using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>createIndexes</c>: makes indexes, all or none, and fills them from the documents present.</summary>
internal sealed class CreateIndexesCommand : ICommand
{
    /// <summary>MongoDB's limit for one collection.</summary>
    private const int MaxIndexes = 64;

    public IReadOnlyList<string> Names { get; } = ["createIndexes"];

    public IReadOnlyList<string> Fields { get; } = ["indexes", "commitQuorum", "ignoreUnknownIndexOptions"];

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var name = context.Collection;
        context.Arguments.Refuse("ignoreUnknownIndexOptions");
        var specifications = context.Arguments.RequiredArray("indexes").Select(IndexSpecification.Read).ToList();
        if (specifications.Count == 0) throw MongoCommandFailedException.BadValue("Must specify at least one index to create");
        return await context.WriteAsync(transaction =>
        {
            var created = transaction.Catalogue.Find(name) is null;
            var writer = new CollectionWriter(transaction, Writes.Ensure(transaction, name));
            var before = writer.Collection.Indexes.Length;
            foreach (var specification in specifications)
            {
                if (Exists(writer.Collection, specification)) continue;
                if (writer.Collection.Indexes.Length >= MaxIndexes)
                    throw new MongoCommandFailedException(MongoErrorCode.CannotCreateIndex, $"add index fails, too many indexes for {name} key:{specification["key"]}");
                writer.AddIndex(new IndexDefinition { Id = transaction.AllocateId(), Specification = specification });
            }

            var after = writer.Collection.Indexes.Length;
            var reply = CommandReply.Ok(
                new("numIndexesBefore", before), new("numIndexesAfter", after), new("createdCollectionAutomatically", created));
            if (before == after) reply.Body.Add("note", "all indexes already exist");
            return reply;
        }).ConfigureAwait(false);
    }

    private static bool Exists(CollectionDefinition collection, BsonDocument asked)
    {
        foreach (var index in collection.Indexes)
        {
            var sameName = index.Name == asked["name"].AsString;
            if (index.IsId && IsIdKey(asked["key"].AsBsonDocument)) return true;
            if (IndexSpecification.AreSame(index.Specification, asked))
            {
                if (!IndexSpecification.AreAlike(index.Specification, asked))
                {
                    throw new MongoCommandFailedException(
                        MongoErrorCode.IndexOptionsConflict,
                        $"An equivalent index already exists with {(sameName ? "the same name but different options" : "a different name and options")}. Requested index: {asked}, existing index: {index.Specification}");
                }

                if (sameName) return true;
                throw new MongoCommandFailedException(
                    MongoErrorCode.IndexOptionsConflict, $"Index already exists with a different name: {index.Name}");
            }

            if (sameName)
            {
                throw new MongoCommandFailedException(
                    MongoErrorCode.IndexKeySpecsConflict,
                    $"An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: {asked}, existing index: {index.Specification}");
            }
        }

        return false;
    }

    private static bool IsIdKey(BsonDocument key) => key.ElementCount == 1 && key.GetElement(0).Name == "_id" && key[0].ToDouble() > 0;
}
