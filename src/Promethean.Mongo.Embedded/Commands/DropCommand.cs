using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>drop</c>: removes a collection; one that is not there is no error, as since MongoDB 7.0.</summary>
internal sealed class DropCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["drop"];

    public IReadOnlyList<string> Fields { get; } = [];

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var name = context.Collection;
        return await context.WriteAsync(transaction =>
        {
            if (transaction.Catalogue.Find(name) is not { } collection) return CommandReply.Ok();
            transaction.Drop(collection);
            return CommandReply.Ok(new("nIndexesWas", collection.Indexes.Length), new("ns", name.ToString()));
        }).ConfigureAwait(false);
    }
}
