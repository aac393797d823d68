using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.ChangeStreams;

/// <summary>Opens a change stream and answers its getMores, which wait for events.</summary>
internal static class ChangeStreamCursor
{
    private const string StageName = "$changeStream";

    /// <summary>How long a getMore waits if the client does not say, as in MongoDB.</summary>
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(1);

    private static readonly HashSet<string> Following = new(StringComparer.Ordinal)
    {
        "$match", "$project", "$addFields", "$set", "$unset", "$replaceRoot", "$replaceWith", "$redact",
    };

    /// <summary>Whether a pipeline opens a change stream.</summary>
    /// <exception cref="MongoCommandFailedException">Code 40602: the stage is there, but not the first.</exception>
    public static bool IsAskedFor(BsonArray stages)
    {
        for (var i = 1; i < stages.Count; i++)
        {
            if (NameOf(stages[i]) == StageName) throw MongoCommandFailedException.Location(40602, $"{StageName} is only valid as the first stage in a pipeline");
        }

        return stages.Count > 0 && NameOf(stages[0]) == StageName;
    }

    /// <summary>Opens a stream over what the command addresses.</summary>
    public static CommandReply Open(CommandContext context, BsonArray stages)
    {
        var options = ChangeStreamOptions.Parse(stages[0][0]);
        var (name, scope) = ScopeOf(context, options);
        foreach (var stage in stages.Skip(1)) CheckAllowed(NameOf(stage));
        var pipeline = Pipeline.Parse([.. stages.Skip(1)], context.Variables);
        var visible = context.Server.Clock.Committed.Value;
        using var view = context.Server.Storage.OpenView();
        var run = new PipelineContext(context.Variables, _ => [], new Random((int)context.Server.Time.GetTimestamp()));
        var source = new ChangeStreamSource(scope, options, options.Start ?? StreamPosition.After(visible), pipeline, run, view) { VisibleUpTo = visible };
        var cursor = new ServerCursor(name, context.Session?.Id, source, timesOut: true);
        var batch = new BatchBuilder((int)Math.Min(context.Arguments.CursorBatchSize ?? Batches.DefaultFirst, int.MaxValue));
        var keep = false;
        try
        {
            cursor.Fill(batch, view, context.Interruption);
            keep = cursor.HasLeft || !source.HasEnded;
            if (keep) context.Server.Cursors.Add(cursor);
            return Reply(cursor, source, batch, isFirst: true);
        }
        finally
        {
            if (!keep) cursor.Dispose();
        }
    }

    /// <summary>The next events of a cursor that was taken from the registry: at once if there are any, else as soon as there are.</summary>
    public static async ValueTask<CommandReply> NextAsync(CommandContext context, ServerCursor cursor, ChangeStreamSource source, int batchSize)
    {
        var server = context.Server;
        var started = server.Time.GetTimestamp();
        var wait = context.Arguments.OptionalCount("maxTimeMS") is { } limit and > 0 ? TimeSpan.FromMilliseconds(limit) : DefaultWait;
        var batch = new BatchBuilder(batchSize);
        var keep = false;
        try
        {
            while (true)
            {
                // Taken before reading: a commit in between is not missed.
                var changed = server.Storage.Changed;
                source.VisibleUpTo = server.Clock.Idle().Value;
                using (var view = server.Storage.OpenView()) cursor.Fill(batch, view, context.Interruption);
                keep = cursor.HasLeft || !source.HasEnded;
                var left = wait - server.Time.GetElapsedTime(started);
                if (batch.Documents.Count > 0 || !keep || left <= TimeSpan.Zero) break;
                keep = false;
                await WaitAsync(context, source, changed, left).ConfigureAwait(false);
            }

            var reply = Reply(cursor, source, batch, isFirst: false);
            if (keep) server.Cursors.GiveBack(cursor);
            return reply;
        }
        finally
        {
            if (!keep) server.Cursors.Remove(cursor);
        }
    }

    private static async ValueTask WaitAsync(CommandContext context, ChangeStreamSource source, Task changed, TimeSpan time)
    {
        try
        {
            await source.ChangedOrKilled(changed).WaitAsync(time, context.Server.Time, context.Stopping).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }

        if (source.IsKilled) throw new MongoCommandFailedException(MongoErrorCode.CursorKilled, "cursor killed while it waited for changes");
    }

    private static CommandReply Reply(ServerCursor cursor, ChangeStreamSource source, BatchBuilder batch, bool isFirst) => CommandReply.Cursor(new CursorBatch
    {
        CursorId = source.HasEnded && !cursor.HasLeft ? 0 : cursor.Id,
        Namespace = cursor.Name.ToString(),
        IsFirst = isFirst,
        Documents = batch.Documents,
        // What did not fit this batch was read, but not handed out.
        PostBatchResumeToken = cursor.HasLeft && batch.Documents.Count > 0 ? TokenOf(batch.Documents[^1]) : ResumeToken.Of(source.Position),
    });

    private static BsonDocument TokenOf(byte[] told) => BsonBytes.Lazy(told)["_id"].AsBsonDocument;

    private static (CollectionName Name, ChangeStreamScope Scope) ScopeOf(CommandContext context, ChangeStreamOptions options)
    {
        var whole = context.Request.Body[0] is not BsonString;
        if (options.WatchesCluster)
        {
            if (!whole || context.Database != "admin")
            {
                throw new MongoCommandFailedException(
                    MongoErrorCode.InvalidOptions, "A $changeStream with 'allChangesForCluster:true' may only be opened on the 'admin' database, and with no collection name");
            }

            return (new CollectionName("admin", "$cmd.aggregate"), new ChangeStreamScope(null, null));
        }

        if (ChangeStreamScope.IsPrivate(context.Database))
            throw new MongoCommandFailedException(MongoErrorCode.InvalidNamespace, $"$changeStream may not be opened on the internal {context.Database} database");
        if (whole) return (context.Name("$cmd.aggregate", isCursor: true), new ChangeStreamScope(context.Database, null));
        var name = context.Collection;
        return !name.Name.StartsWith("system.", StringComparison.Ordinal)
            ? (name, new ChangeStreamScope(name.Database, name.Name))
            : throw new MongoCommandFailedException(MongoErrorCode.InvalidNamespace, $"$changeStream may not be opened on the internal {name} collection");
    }

    private static void CheckAllowed(string stage)
    {
        // Others are known or unknown to the pipeline itself.
        if (Following.Contains(stage) || !Aggregation.Stages.StageTable.Names.Contains(stage)) return;
        throw new MongoCommandFailedException(MongoErrorCode.IllegalOperation, $"{stage} is not permitted in a {StageName} pipeline");
    }

    private static string NameOf(BsonValue stage) => stage is BsonDocument { ElementCount: 1 } document ? document.GetElement(0).Name : "";
}
