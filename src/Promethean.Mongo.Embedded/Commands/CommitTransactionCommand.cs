using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Sessions;
using Promethean.Mongo.Embedded.Transactions;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>commitTransaction</c>: makes a transaction's changes durable and visible; asked again, it answers the same.</summary>
internal sealed class CommitTransactionCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["commitTransaction"];

    public IReadOnlyList<string> Fields { get; } = ["recoveryToken"];

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        context.RequireAdmin();
        var (session, number) = TransactionRules.NumberOf(context);
        try
        {
            if (session.OutcomeOf(number) == TransactionOutcome.Committed) return CommandReply.Ok();
            var transaction = context.Server.Transactions.Continue(session, number);
            await transaction.EnterAsync(context.Stopping).ConfigureAwait(false);
            try
            {
                // Another commit may have come first.
                if (session.OutcomeOf(number) == TransactionOutcome.Committed) return CommandReply.Ok();
                if (!transaction.IsOpen) throw ServerSession.NoSuchTransaction($"Transaction with {{ txnNumber: {number} }} has been aborted.");
                await transaction.CommitAsync(context.Stopping).ConfigureAwait(false);
            }
            finally
            {
                transaction.Leave();
            }
        }
        catch (MongoCommandFailedException done) when (done.Code == (int)MongoErrorCode.TransactionCommitted)
        {
            // By another commit, just now.
            return CommandReply.Ok();
        }
        catch (MongoCommandFailedException failure)
        {
            throw TransactionRules.Labelled(failure);
        }
        catch (WriteConflictException conflict)
        {
            throw TransactionRules.Conflict(conflict);
        }

        return CommandReply.Ok();
    }
}
