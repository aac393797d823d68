using MongoDB.Bson;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>listDatabases</c>: the databases that have collections. Sizes are not known per database and given as 0.</summary>
internal sealed class ListDatabasesCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["listDatabases"];

    public IReadOnlyList<string> Fields { get; } = ["filter", "nameOnly", "authorizedDatabases"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        context.RequireAdmin();
        var filter = DocumentFilter.Parse(context.Arguments.Document("filter"), context.Variables);
        var nameOnly = context.Arguments.Boolean("nameOnly");
        using var view = context.OpenView();
        var databases = view.Catalogue.Collections
            .Select(collection => collection.Name.Database)
            .Distinct(StringComparer.Ordinal)
            .Select(name => nameOnly ? new BsonDocument("name", name) : new BsonDocument { { "name", name }, { "sizeOnDisk", 0L }, { "empty", false } })
            .Where(filter.Matches);
        return ValueTask.FromResult(nameOnly
            ? CommandReply.Ok(new BsonElement("databases", new BsonArray(databases)))
            : CommandReply.Ok(new("databases", new BsonArray(databases)), new("totalSize", 0L), new("totalSizeMb", 0L)));
    }
}
