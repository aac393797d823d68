using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>collMod</c>: changes a collection's validator and images, or hides, shows or re-times one of its indexes.</summary>
internal sealed class CollModCommand : ICommand
{
    private static readonly string[] Unsupported = ["viewOn", "pipeline", "timeseries", "cappedSize", "cappedMax", "expireAfterSeconds", "dryRun"];

    public IReadOnlyList<string> Names { get; } = ["collMod"];

    public IReadOnlyList<string> Fields { get; } = ["index", .. CollectionOptions.Fields, .. Unsupported];

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var name = context.Collection;
        var arguments = context.Arguments;
        arguments.Refuse(Unsupported);
        var index = arguments.OptionalDocument("index");
        if (index is not null) Writes.CheckFields(index, "collMod.index", "name", "keyPattern", "expireAfterSeconds", "hidden");
        return await context.WriteAsync(transaction =>
        {
            var collection = transaction.Catalogue.Find(name)
                ?? throw new MongoCommandFailedException(MongoErrorCode.NamespaceNotFound, $"ns does not exist: {name}");
            collection = collection with { Options = CollectionOptions.Merge(collection.Options, arguments, name) };
            var reply = CommandReply.Ok();
            if (index is not null) collection = Change(collection, index, reply.Body);
            transaction.Save(collection);
            return reply;
        }).ConfigureAwait(false);
    }

    private static CollectionDefinition Change(CollectionDefinition collection, BsonDocument asked, BsonDocument reply)
    {
        if (asked.Contains("name") == asked.Contains("keyPattern"))
            throw new MongoCommandFailedException(MongoErrorCode.InvalidOptions, "Must specify either index name or key pattern, and not both");
        if (!asked.Contains("expireAfterSeconds") && !asked.Contains("hidden"))
            throw new MongoCommandFailedException(MongoErrorCode.InvalidOptions, "no expireAfterSeconds or hidden field");
        var index = collection.Indexes.FirstOrDefault(known => asked.TryGetValue("name", out var name) ? known.Name == name : BsonOrder.AreEqual(known.Key, asked["keyPattern"]))
            ?? throw new MongoCommandFailedException(MongoErrorCode.IndexNotFound, $"cannot find index {asked.GetElement(0).Value} for ns {collection.Name}");
        var specification = new BsonDocument(index.Specification);
        if (asked.TryGetValue("expireAfterSeconds", out var seconds))
        {
            if (index.IsId) throw new MongoCommandFailedException(MongoErrorCode.InvalidOptions, "the _id field does not support TTL indexes");
            var expiry = IndexSpecification.ReadExpiry(seconds, index.Key, MongoErrorCode.InvalidOptions);
            if (specification.TryGetValue("expireAfterSeconds", out var before)) reply.InsertAt(0, new BsonElement("expireAfterSeconds_old", before.ToInt64()));
            reply.InsertAt(reply.ElementCount - 1, new BsonElement("expireAfterSeconds_new", (long)expiry));
            specification["expireAfterSeconds"] = expiry;
        }

        if (asked.TryGetValue("hidden", out var hidden))
        {
            if (index.IsId) throw MongoCommandFailedException.BadValue("can't hide _id index");
            reply.InsertAt(0, new BsonElement("hidden_old", index.IsHidden));
            reply.InsertAt(1, new BsonElement("hidden_new", hidden.ToBoolean()));
            specification.Remove("hidden");
            if (hidden.ToBoolean()) specification.Add("hidden", true);
        }

        return collection with { Indexes = collection.Indexes.Replace(index, index with { Specification = specification }) };
    }
}
