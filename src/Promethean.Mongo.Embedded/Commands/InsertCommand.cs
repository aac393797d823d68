using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>insert</c>: adds documents, in order until one fails, or all that can be added.</summary>
internal sealed class InsertCommand : ICommand
{
    private static readonly BsonDocument Inserted = new("n", 1);

    public IReadOnlyList<string> Names { get; } = ["insert"];

    public IReadOnlyList<string> Fields { get; } = ["documents", "ordered", "bypassDocumentValidation"];

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var name = context.Collection;
        var documents = context.Arguments.Documents("documents");
        var ordered = context.Arguments.Boolean("ordered", true);
        Writes.CheckBatchSize(documents.Count);
        return await context.WriteAsync(transaction => Insert(context, transaction, name, documents, ordered)).ConfigureAwait(false);
    }

    private static CommandReply Insert(
        CommandContext context, IWriteTransaction transaction, CollectionName name, IReadOnlyList<ReadOnlyMemory<byte>> documents, bool ordered)
    {
        var statements = new RetryableStatements(context, transaction);
        var writer = new CollectionWriter(transaction, Writes.Ensure(transaction, name), context.Validation);
        var inserted = 0;
        var errors = new BsonArray();
        var i = 0;
        // Made once, not for each document.
        var insert = () =>
        {
            writer.Insert(Writes.WithId(documents[i]));
            return Inserted;
        };
        for (; i < documents.Count; i++)
        {
            try
            {
                statements.Run(i, insert);
                inserted++;
            }
            catch (MongoCommandFailedException failure)
            {
                errors.Add(Writes.Error(i, failure));
                if (ordered) break;
            }
        }

        var body = new BsonDocument("n", inserted);
        if (errors.Count > 0) body.Add("writeErrors", errors);
        if (statements.Retried.Count > 0) body.Add("retriedStmtIds", new BsonArray(statements.Retried));
        return new CommandReply(body.Add("ok", 1.0));
    }
}
