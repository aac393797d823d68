using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>delete</c>: removes one or all of the documents found.</summary>
internal sealed class DeleteCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["delete"];

    public IReadOnlyList<string> Fields { get; } = ["deletes", "ordered", "let"];

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var name = context.Collection;
        var statements = context.Arguments.Documents("deletes");
        var ordered = context.Arguments.Boolean("ordered", true);
        Writes.CheckBatchSize(statements.Count);
        return await context.WriteAsync(transaction => Delete(context, transaction, name, statements, ordered)).ConfigureAwait(false);
    }

    private static CommandReply Delete(
        CommandContext context, IWriteTransaction transaction, CollectionName name, IReadOnlyList<ReadOnlyMemory<byte>> deletes, bool ordered)
    {
        var statements = new RetryableStatements(context, transaction);
        var deleted = 0;
        var errors = new BsonArray();
        for (var i = 0; i < deletes.Count; i++)
        {
            try
            {
                deleted += statements.Run(i, () => DeleteStatement.Run(BsonBytes.Decode(deletes[i]), transaction, name, context))["n"].AsInt32;
            }
            catch (MongoCommandFailedException failure)
            {
                errors.Add(Writes.Error(i, failure));
                if (ordered) break;
            }
        }

        var body = new BsonDocument("n", deleted);
        if (errors.Count > 0) body.Add("writeErrors", errors);
        if (statements.Retried.Count > 0) body.Add("retriedStmtIds", new BsonArray(statements.Retried));
        return new CommandReply(body.Add("ok", 1.0));
    }
}
