using MongoDB.Bson;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>findAndModify</c>: changes or removes one document and returns it, as it was or as it is.</summary>
internal sealed class FindAndModifyCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["findAndModify", "findandmodify"];

    public IReadOnlyList<string> Fields { get; } =
    [
        "query", "sort", "remove", "update", "new", "fields", "upsert", "arrayFilters", "hint", "collation", "let", "bypassDocumentValidation",
    ];

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var name = context.Collection;
        Writes.CheckCollation(context.Arguments.Optional("collation"));
        var change = DocumentChange.Parse(context);
        return await context.WriteAsync(transaction =>
        {
            var statements = new RetryableStatements(context, transaction);
            var body = new BsonDocument();
            body.Merge(statements.Run(0, () => change.Run(transaction, name, context)));
            if (statements.Retried.Count > 0) body.Add("retriedStmtId", 0);
            return new CommandReply(body.Add("ok", 1.0));
        }).ConfigureAwait(false);
    }
}
