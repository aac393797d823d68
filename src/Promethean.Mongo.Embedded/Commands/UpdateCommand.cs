using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>update</c>: changes or replaces documents, or adds one if none is found and an upsert is asked for.</summary>
internal sealed class UpdateCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["update"];

    public IReadOnlyList<string> Fields { get; } = ["updates", "ordered", "bypassDocumentValidation", "let"];

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var name = context.Collection;
        var statements = context.Arguments.Documents("updates");
        var ordered = context.Arguments.Boolean("ordered", true);
        Writes.CheckBatchSize(statements.Count);
        return await context.WriteAsync(transaction => Update(context, transaction, name, statements, ordered)).ConfigureAwait(false);
    }

    private static CommandReply Update(
        CommandContext context, IWriteTransaction transaction, CollectionName name, IReadOnlyList<ReadOnlyMemory<byte>> updates, bool ordered)
    {
        var statements = new RetryableStatements(context, transaction);
        var matched = 0;
        var modified = 0;
        var upserted = new BsonArray();
        var errors = new BsonArray();
        for (var i = 0; i < updates.Count; i++)
        {
            try
            {
                var result = statements.Run(i, () => UpdateStatement.Parse(updates[i], context).Run(transaction, name, context));
                matched += result["n"].AsInt32;
                modified += result["nModified"].AsInt32;
                if (result.TryGetValue("upserted", out var id)) upserted.Add(new BsonDocument { { "index", i }, { "_id", id } });
            }
            catch (MongoCommandFailedException failure)
            {
                errors.Add(Writes.Error(i, failure));
                if (ordered) break;
            }
        }

        var body = new BsonDocument { { "n", matched }, { "nModified", modified } };
        if (upserted.Count > 0) body.Add("upserted", upserted);
        if (errors.Count > 0) body.Add("writeErrors", errors);
        if (statements.Retried.Count > 0) body.Add("retriedStmtIds", new BsonArray(statements.Retried));
        return new CommandReply(body.Add("ok", 1.0));
    }
}
