using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>dbStats</c>: how many documents and bytes the collections of a database hold. Reads all of them.</summary>
internal sealed class DbStatsCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["dbStats", "dbstats"];

    public IReadOnlyList<string> Fields { get; } = ["scale", "freeStorage"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var scale = (double)Math.Max(1, context.Arguments.OptionalCount("scale") ?? 1);
        using var view = context.OpenView();
        var sizes = view.Catalogue.In(context.Database).Select(collection => CollectionSize.Of(view, collection, context.Interruption)).ToList();
        var (documents, bytes, indexes) = (sizes.Sum(size => size.Documents), sizes.Sum(size => size.Bytes), sizes.Sum(size => size.IndexBytes));
        return ValueTask.FromResult(CommandReply.Ok(
            new("db", context.Database),
            new("collections", (long)sizes.Count),
            new("views", 0L),
            new("objects", documents),
            new("avgObjSize", documents == 0 ? 0.0 : (double)bytes / documents),
            new("dataSize", bytes / scale),
            new("storageSize", bytes / scale),
            new("indexes", (long)sizes.Sum(size => size.Indexes.Count)),
            new("indexSize", indexes / scale),
            new("totalSize", (bytes + indexes) / scale),
            new("scaleFactor", (long)scale)));
    }
}
