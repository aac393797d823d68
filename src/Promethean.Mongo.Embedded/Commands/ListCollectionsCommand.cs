using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>listCollections</c>: the collections of a database with their options.</summary>
internal sealed class ListCollectionsCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["listCollections"];

    public IReadOnlyList<string> Fields { get; } = ["filter", "nameOnly", "authorizedCollections", "cursor"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var filter = DocumentFilter.Parse(context.Arguments.Document("filter"), context.Variables);
        var nameOnly = context.Arguments.Boolean("nameOnly");
        using var view = context.OpenView();
        var found = view.Catalogue.In(context.Database)
            .Select(Describe)
            .Where(filter.Matches)
            .Select(description => BsonBytes.Encode(nameOnly ? new BsonDocument { description.GetElement("name"), description.GetElement("type") } : description));
        var name = new CollectionName(context.Database, "$cmd.listCollections");
        return ValueTask.FromResult(Batches.First(context, name, new ListSource([.. found]), view, context.Arguments.CursorBatchSize));
    }

    private static BsonDocument Describe(CollectionDefinition collection) => new()
    {
        { "name", collection.Name.Name },
        { "type", "collection" },
        { "options", collection.Options },
        { "info", new BsonDocument { { "readOnly", false }, { "uuid", new BsonBinaryData(collection.Uuid, GuidRepresentation.Standard) } } },
        { "idIndex", collection.IdIndex.Specification },
    };
}
