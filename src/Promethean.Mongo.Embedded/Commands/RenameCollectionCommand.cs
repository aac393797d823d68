using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>renameCollection</c>: gives a collection another name in its database; its documents stay where they are.</summary>
internal sealed class RenameCollectionCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["renameCollection"];

    public IReadOnlyList<string> Fields { get; } = ["to", "dropTarget"];

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        context.RequireAdmin();
        var from = CommandContext.Namespace(context.Arguments.RequiredString("renameCollection"));
        var to = CommandContext.Namespace(context.Arguments.RequiredString("to"));
        var dropTarget = context.Arguments.Boolean("dropTarget");
        if (from.Database != to.Database)
            throw new MongoCommandFailedException(MongoErrorCode.CommandNotSupported, "This server renames collections within one database only");
        if (from == to) throw new MongoCommandFailedException(MongoErrorCode.IllegalOperation, "Can't rename a collection to itself");
        return await context.WriteAsync(transaction =>
        {
            var collection = transaction.Catalogue.Find(from)
                ?? throw new MongoCommandFailedException(MongoErrorCode.NamespaceNotFound, $"Source collection {from} does not exist");
            if (transaction.Catalogue.Find(to) is { } target)
            {
                if (!dropTarget) throw new MongoCommandFailedException(MongoErrorCode.NamespaceExists, "target namespace exists");
                transaction.Drop(target);
            }

            transaction.Save(collection with { Name = to });
            return CommandReply.Ok();
        }).ConfigureAwait(false);
    }
}
