using MongoDB.Bson;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>dropDatabase</c>: removes all collections of a database at once.</summary>
internal sealed class DropDatabaseCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["dropDatabase"];

    public IReadOnlyList<string> Fields { get; } = [];

    public async ValueTask<CommandReply> RunAsync(CommandContext context) =>
        await context.WriteAsync(transaction =>
        {
            var collections = transaction.Catalogue.In(context.Database).ToList();
            foreach (var collection in collections) transaction.Drop(collection);
            if (collections.Count > 0) transaction.DropDatabase(context.Database);
            return collections.Count == 0 ? CommandReply.Ok() : CommandReply.Ok(new BsonElement("dropped", context.Database));
        }).ConfigureAwait(false);
}
