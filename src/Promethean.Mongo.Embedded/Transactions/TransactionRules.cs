using MongoDB.Bson;
using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Transactions;

/// <summary>Runs commands that belong to a transaction, in it; all others as they are ("Transactions and Operations" in MongoDB's manual).</summary>
internal static class TransactionRules
{
    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        "aggregate", "bulkWrite", "create", "createIndexes", "delete", "distinct", "find", "findAndModify", "getMore", "insert", "killCursors", "update",
    };

    private static readonly HashSet<string> RefusedStages = new(StringComparer.Ordinal)
    {
        "$changeStream", "$collStats", "$currentOp", "$indexStats", "$listLocalSessions", "$listSessions", "$merge", "$out", "$planCacheStats",
    };

    public static async ValueTask<CommandReply> RunAsync(ICommand command, CommandContext context)
    {
        if (!IsInTransaction(context)) return await command.RunAsync(context).ConfigureAwait(false);
        if (command is CommitTransactionCommand or AbortTransactionCommand) return await command.RunAsync(context).ConfigureAwait(false);
        CheckAllowed(command, context);
        var (session, number) = NumberOf(context);
        var starts = context.Arguments.Boolean("startTransaction");
        if (!starts && context.Arguments.Optional("readConcern") is not null)
            throw Invalid("Only the first command in a transaction may specify a readConcern");
        var transactions = context.Server.Transactions;
        try
        {
            var transaction = starts ? transactions.Begin(session, number) : transactions.Continue(session, number);
            await transaction.EnterAsync(context.Stopping).ConfigureAwait(false);
            try
            {
                return await RunAsync(command, context, transaction).ConfigureAwait(false);
            }
            finally
            {
                transaction.Leave();
            }
        }
        catch (MongoCommandFailedException failure)
        {
            throw Labelled(failure);
        }
        catch (WriteConflictException conflict)
        {
            throw Conflict(conflict);
        }
    }

    /// <summary>The session and transaction number of a command that cannot do without.</summary>
    public static (Sessions.ServerSession Session, long Number) NumberOf(CommandContext context)
    {
        if (context.Session is not { } session) throw Invalid("Transaction commands must come with an lsid");
        if (context.Arguments.Optional("txnNumber") is not BsonInt64 { Value: var number }) throw Invalid("'autocommit' field requires a transaction number to also be specified");
        return (session, number);
    }

    public static MongoCommandFailedException Conflict(WriteConflictException conflict) => new(MongoErrorCode.WriteConflict, conflict.Message) { ErrorLabels = [ErrorLabels.TransientTransaction] };

    /// <summary>A failure after which the whole transaction may be tried again says so.</summary>
    public static MongoCommandFailedException Labelled(MongoCommandFailedException failure) =>
        failure.Code is not ((int)MongoErrorCode.NoSuchTransaction or (int)MongoErrorCode.WriteConflict) || failure.ErrorLabels.Contains(ErrorLabels.TransientTransaction)
            ? failure
            : new MongoCommandFailedException(failure.Code, failure.CodeName, failure.Message) { Details = failure.Details, ErrorLabels = [.. failure.ErrorLabels, ErrorLabels.TransientTransaction] };

    private static async ValueTask<CommandReply> RunAsync(ICommand command, CommandContext context, MultiDocumentTransaction transaction)
    {
        if (!transaction.IsOpen) throw Sessions.ServerSession.NoSuchTransaction($"Transaction with {{ txnNumber: {transaction.Number} }} has been aborted.");
        var keep = false;
        try
        {
            context.Transaction = transaction;
            var reply = await command.RunAsync(context).ConfigureAwait(false);
            // A statement that fails ends the transaction, as in MongoDB.
            keep = !reply.Body.Contains("writeErrors") && reply.Body.GetValue("nErrors", 0).ToInt32() == 0;
            return reply;
        }
        finally
        {
            if (!keep) transaction.Abort();
        }
    }

    private static bool IsInTransaction(CommandContext context)
    {
        var arguments = context.Arguments;
        if (arguments.Optional("autocommit") is not { } autocommit)
        {
            return arguments.Optional("startTransaction") is null
                ? false
                : throw Invalid("Specifying startTransaction=true requires autocommit to be set as well");
        }

        if (autocommit is not BsonBoolean { Value: false }) throw Invalid("Specifying autocommit=true is not allowed.");
        if (arguments.Optional("startTransaction") is BsonBoolean { Value: false }) throw Invalid("Specifying startTransaction=false is not allowed.");
        return true;
    }

    private static void CheckAllowed(ICommand command, CommandContext context)
    {
        var name = command.Names[0];
        if (!Allowed.Contains(name)) throw NotSupported($"Cannot run '{name}' in a multi-document transaction.");
        if (context.Arguments.Optional("writeConcern") is not null) throw Invalid($"{name} is not allowed with a writeConcern within a multi-statement transaction");
        if (context.Database is "admin" or "config" or "local" && command is not BulkWriteCommand) throw NotSupported($"Cannot run command against the '{context.Database}' database in a transaction.");
        if (command is not AggregateCommand || context.Arguments.OptionalArray("pipeline") is not { } stages) return;
        foreach (var stage in stages.OfType<BsonDocument>().SelectMany(stage => stage.Names))
        {
            if (RefusedStages.Contains(stage)) throw NotSupported($"Stage not supported inside of a multi-document transaction: {stage}");
        }
    }

    private static MongoCommandFailedException NotSupported(string message) => new(MongoErrorCode.OperationNotSupportedInTransaction, message);

    private static MongoCommandFailedException Invalid(string message) => new(MongoErrorCode.InvalidOptions, message);
}
