using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>
/// <c>bulkWrite</c> (since MongoDB 8.0): inserts, updates and deletes in any collections, in order until one fails, or all that can be
/// done. The result of each operation comes behind a cursor.
/// </summary>
internal sealed class BulkWriteCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["bulkWrite"];

    public IReadOnlyList<string> Fields { get; } = ["ops", "nsInfo", "ordered", "errorsOnly", "bypassDocumentValidation", "let", "cursor"];

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        context.RequireAdmin();
        var arguments = context.Arguments;
        var ordered = arguments.Boolean("ordered", true);
        var errorsOnly = arguments.Boolean("errorsOnly");
        var batchSize = arguments.CursorBatchSize ?? int.MaxValue;
        var namespaces = arguments.Documents("nsInfo").Select(Namespace).ToList();
        var asked = arguments.Documents("ops");
        Writes.CheckBatchSize(asked.Count);
        var operations = asked.Select(bytes => BulkOperation.Read(bytes, namespaces)).ToList();
        var outcome = await context.WriteAsync(transaction => Run(context, transaction, operations, ordered)).ConfigureAwait(false);

        using var view = context.OpenView();
        var shown = new ListSource([.. outcome.Items.Where(item => !errorsOnly || item["ok"] == 0.0).Select(BsonBytes.Encode)]);
        var reply = Batches.First(context, new CollectionName("admin", "$cmd.bulkWrite"), shown, view, batchSize);
        reply.Body.InsertAt(0, new BsonElement("nErrors", outcome.Errors));
        reply.Body.InsertAt(1, new BsonElement("nInserted", outcome.Inserted));
        reply.Body.InsertAt(2, new BsonElement("nMatched", outcome.Matched));
        reply.Body.InsertAt(3, new BsonElement("nModified", outcome.Modified));
        reply.Body.InsertAt(4, new BsonElement("nUpserted", outcome.Upserted));
        reply.Body.InsertAt(5, new BsonElement("nDeleted", outcome.Deleted));
        if (outcome.Retried.Count > 0) reply.Body.Add("retriedStmtIds", new BsonArray(outcome.Retried));
        return reply;
    }

    private static BulkOutcome Run(CommandContext context, IWriteTransaction transaction, List<BulkOperation> operations, bool ordered)
    {
        var statements = new RetryableStatements(context, transaction);
        var outcome = new BulkOutcome();
        for (var i = 0; i < operations.Count; i++)
        {
            try
            {
                outcome.Add(i, operations[i].Kind, statements.Run(i, () => operations[i].Run(transaction, context)));
            }
            catch (MongoCommandFailedException failure)
            {
                outcome.Add(i, failure);
                if (ordered) break;
            }
        }

        outcome.Retried = statements.Retried;
        return outcome;
    }

    private static CollectionName Namespace(ReadOnlyMemory<byte> bytes)
    {
        var info = BsonBytes.Decode(bytes);
        Writes.CheckFields(info, "bulkWrite.nsInfo", "ns");
        return info.GetValue("ns", BsonNull.Value) is BsonString name
            ? CommandContext.Namespace(name.Value)
            : throw MongoCommandFailedException.Location(40414, "BSON field 'bulkWrite.nsInfo.ns' is missing but a required field");
    }
}
