using Promethean.Mongo.Embedded.Transactions;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>abortTransaction</c>: undoes an open transaction.</summary>
internal sealed class AbortTransactionCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["abortTransaction"];

    public IReadOnlyList<string> Fields { get; } = ["recoveryToken"];

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        context.RequireAdmin();
        var (session, number) = TransactionRules.NumberOf(context);
        var transaction = context.Server.Transactions.Continue(session, number);
        await transaction.EnterAsync(context.Stopping).ConfigureAwait(false);
        try
        {
            transaction.Abort();
        }
        finally
        {
            transaction.Leave();
        }

        return CommandReply.Ok();
    }
}
