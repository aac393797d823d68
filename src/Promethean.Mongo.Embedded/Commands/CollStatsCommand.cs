using MongoDB.Bson;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>collStats</c>: how many documents and bytes a collection and its indexes hold. Reads all of it.</summary>
internal sealed class CollStatsCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["collStats", "collstats"];

    public IReadOnlyList<string> Fields { get; } = ["scale"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var name = context.Collection;
        var scale = Math.Max(1, context.Arguments.OptionalCount("scale") ?? 1);
        using var view = context.OpenView();
        var collection = view.Catalogue.Find(name);
        var size = collection is null ? new CollectionSize(0, 0, new Dictionary<string, long>()) : CollectionSize.Of(view, collection, context.Interruption);
        var body = new BsonDocument
        {
            { "ns", name.ToString() },
            { "size", size.Bytes / scale },
            { "count", size.Documents },
            { "numOrphanDocs", 0 },
            { "storageSize", size.Bytes / scale },
            { "totalIndexSize", size.IndexBytes / scale },
            { "totalSize", (size.Bytes + size.IndexBytes) / scale },
            { "indexSizes", new BsonDocument(size.Indexes.Select(index => new BsonElement(index.Key, index.Value / scale))) },
            { "capped", false },
            { "nindexes", size.Indexes.Count },
            { "scaleFactor", scale },
            { "ok", 1.0 },
        };
        if (size.Documents > 0) body.InsertAt(3, new BsonElement("avgObjSize", size.Bytes / size.Documents));
        return ValueTask.FromResult(new CommandReply(body));
    }
}
