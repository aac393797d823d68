using MongoDB.Bson;
using Promethean.Mongo.Embedded.ChangeStreams;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>getMore</c>: the next batch of a cursor.</summary>
internal sealed class GetMoreCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["getMore"];

    public IReadOnlyList<string> Fields { get; } = ["collection", "batchSize"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        if (context.Request.Body[0] is not BsonInt64 { Value: var id })
            throw MongoCommandFailedException.TypeMismatch("BSON field 'getMore.getMore' must be a long");
        var name = context.Name(context.Arguments.RequiredString("collection"), isCursor: true);
        var batchSize = context.Arguments.OptionalCount("batchSize") is { } size and > 0 ? (int)Math.Min(size, int.MaxValue) : int.MaxValue;
        var cursor = context.Server.Cursors.Take(id);
        if (cursor.Name != name)
        {
            context.Server.Cursors.GiveBack(cursor);
            throw new MongoCommandFailedException(MongoErrorCode.Unauthorized, $"Requested getMore on namespace '{name}', but cursor belongs to a different namespace {cursor.Name}");
        }

        if (cursor.TransactionNumber != context.Transaction?.Number)
        {
            context.Server.Cursors.GiveBack(cursor);
            throw MongoCommandFailedException.Location(50741, $"Cannot run getMore on cursor {id}, which was created in another transaction, or in or outside of one");
        }

        try
        {
            context.Server.FailPoints.CheckGetMore(context.Request);
        }
        catch
        {
            context.Server.Cursors.Remove(cursor);
            throw;
        }

        return cursor.Source is ChangeStreamSource stream
            ? ChangeStreamCursor.NextAsync(context, cursor, stream, batchSize)
            : ValueTask.FromResult(Batches.Next(context, cursor, batchSize));
    }
}
