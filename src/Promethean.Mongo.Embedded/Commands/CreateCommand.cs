using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>create</c>: makes an empty collection, with a validator if one is given.</summary>
internal sealed class CreateCommand : ICommand
{
    private static readonly string[] Unsupported =
    [
        "capped", "timeseries", "expireAfterSeconds", "clusteredIndex", "encryptedFields", "storageEngine", "indexOptionDefaults", "viewOn", "pipeline",
    ];

    public IReadOnlyList<string> Names { get; } = ["create"];

    public IReadOnlyList<string> Fields { get; } = ["collation", "idIndex", "autoIndexId", "size", "max", .. CollectionOptions.Fields, .. Unsupported];

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var name = context.Collection;
        context.Arguments.Refuse(Unsupported);
        if (context.Arguments.Optional("size") is not null || context.Arguments.Optional("max") is not null)
            throw new MongoCommandFailedException(MongoErrorCode.InvalidOptions, "the 'capped' field needs to be true when either the 'size' or 'max' fields are present");
        Writes.CheckCollation(context.Arguments.Optional("collation"));
        var options = CollectionOptions.Merge([], context.Arguments, name);
        return await context.WriteAsync(transaction =>
        {
            if (transaction.Catalogue.Find(name) is not null)
                throw new MongoCommandFailedException(MongoErrorCode.NamespaceExists, $"Collection {name} already exists.");
            Writes.Create(transaction, name, options);
            return CommandReply.Ok();
        }).ConfigureAwait(false);
    }
}
