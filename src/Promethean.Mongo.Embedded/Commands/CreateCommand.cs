using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>create</c>: makes an empty collection.</summary>
internal sealed class CreateCommand : ICommand
{
    private static readonly string[] Unsupported =
    [
        "capped", "size", "max", "validator", "validationLevel", "validationAction", "timeseries", "expireAfterSeconds", "clusteredIndex",
        "encryptedFields", "storageEngine", "indexOptionDefaults", "viewOn", "pipeline",
    ];

    public IReadOnlyList<string> Names { get; } = ["create"];

    public IReadOnlyList<string> Fields { get; } = ["collation", "idIndex", "autoIndexId", "changeStreamPreAndPostImages", .. Unsupported];

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var name = context.Collection;
        context.Arguments.Refuse(Unsupported);
        Writes.CheckCollation(context.Arguments.Optional("collation"));
        var options = new BsonDocument();
        if (context.Arguments.OptionalDocument("changeStreamPreAndPostImages") is { } images)
        {
            Writes.CheckFields(images, "create.changeStreamPreAndPostImages", "enabled");
            options.Add("changeStreamPreAndPostImages", images);
        }

        return await context.WriteAsync(transaction =>
        {
            if (transaction.Catalogue.Find(name) is not null)
                throw new MongoCommandFailedException(MongoErrorCode.NamespaceExists, $"Collection {name} already exists.");
            Writes.Create(transaction, name, options);
            return CommandReply.Ok();
        }).ConfigureAwait(false);
    }
}
