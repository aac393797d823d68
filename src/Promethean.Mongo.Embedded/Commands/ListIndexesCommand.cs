using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>listIndexes</c>: the indexes of a collection, the one on <c>_id</c> first.</summary>
internal sealed class ListIndexesCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["listIndexes"];

    public IReadOnlyList<string> Fields { get; } = ["cursor"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        using var view = context.OpenView();
        var name = context.Collection;
        var collection = view.Catalogue.Find(name)
            ?? throw new MongoCommandFailedException(MongoErrorCode.NamespaceNotFound, $"ns does not exist: {name}");
        var indexes = new ListSource([.. collection.Indexes.Select(index => BsonBytes.Encode(index.Specification))]);
        return ValueTask.FromResult(Batches.First(context, name, indexes, view, context.Arguments.CursorBatchSize));
    }
}
