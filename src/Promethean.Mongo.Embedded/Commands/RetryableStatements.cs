using MongoDB.Bson;
using Promethean.Mongo.Embedded.Oplog;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>
/// Carries out the statements of one write command, each at most once however often a client retries the command. Used within the
/// write transaction, so that a statement and the memory of it cannot come apart.
/// </summary>
internal sealed class RetryableStatements(CommandContext context, IWriteTransaction transaction)
{
    private readonly List<BsonValue> _retried = [];

    /// <summary>The statements that were found to be done already.</summary>
    public IReadOnlyList<BsonValue> Retried => _retried;

    /// <summary>The result of a statement: remembered if it was carried out before, else by doing it now.</summary>
    public BsonDocument Run(int index, Func<BsonDocument> work)
    {
        if (context.TransactionNumber is not { } number) return work();
        var session = context.Session!;
        var statement = NumberOf(index);
        if (session.FindResult(number, statement) is { } known)
        {
            _retried.Add(statement);
            return known;
        }

        var result = work();
        session.AddResult(number, statement, result);
        transaction.KeepResult(new StatementResult(new WriteOrigin(session.Id, number, IsTransaction: false), statement, result));
        transaction.OnRollback(() => session.RemoveResult(number, statement));
        return result;
    }

    // A router numbers the statements it sends; all others are numbered as they come.
    private int NumberOf(int index)
    {
        if (context.Arguments.OptionalArray("stmtIds") is { } numbers && index < numbers.Count) return numbers[index].ToInt32();
        return (int)(context.Arguments.OptionalCount("stmtId") ?? 0) + index;
    }
}
