using MongoDB.Bson;
using Promethean.Mongo.Embedded.ChangeStreams;
using Promethean.Mongo.Embedded.Commands;

namespace Promethean.Mongo.Embedded.Errors;

/// <summary>
/// The labels by which drivers know what to try again, given by the server since MongoDB 4.4: "Retryable Writes" and "Change Streams" in
/// the driver specifications list the codes.
/// </summary>
internal static class ErrorLabels
{
    public const string TransientTransaction = "TransientTransactionError";
    private const string RetryableWrite = "RetryableWriteError";
    private const string ResumableChangeStream = "ResumableChangeStreamError";

    // HostUnreachable, HostNotFound, NetworkTimeout, ShutdownInProgress, PrimarySteppedDown, ExceededTimeLimit, SocketException,
    // NotWritablePrimary, InterruptedAtShutdown, InterruptedDueToReplStateChange, NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary.
    private static readonly HashSet<int> PassingTroubles = [6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436];

    // StaleShardVersion, FailedToSatisfyReadPreference, StaleEpoch, RetryChangeStream, StaleConfig.
    private static readonly HashSet<int> StreamTroubles = [.. PassingTroubles, 63, 133, 150, 234, 13388];

    /// <summary>Whether a code says that another member is the primary now; MongoDB adds the <c>topologyVersion</c> to such a reply.</summary>
    public static bool IsNotPrimary(MongoDB.Bson.BsonValue code) => code.IsNumeric && code.ToInt32() is 189 or 10058 or 10107 or 11602 or 13435 or 13436;

    /// <summary>The failure with the labels that its code has for this command; one that has labels already keeps those.</summary>
    public static MongoCommandFailedException Add(MongoCommandFailedException failure, CommandContext? context)
    {
        if (context is null || failure.ErrorLabels.Count > 0) return failure;
        var labels = new List<string>();
        var body = context.Request.Body;
        if (PassingTroubles.Contains(failure.Code) && body.Contains("txnNumber"))
        {
            var isOutcome = context.Request.Name is "commitTransaction" or "abortTransaction";
            labels.Add(body.Contains("autocommit") && !isOutcome ? TransientTransaction : RetryableWrite);
        }

        if (StreamTroubles.Contains(failure.Code) && IsChangeStream(context)) labels.Add(ResumableChangeStream);
        return labels.Count == 0
            ? failure
            : new MongoCommandFailedException(failure.Code, failure.CodeName, failure.Message) { Details = failure.Details, ErrorLabels = labels };
    }

    private static bool IsChangeStream(CommandContext context)
    {
        var body = context.Request.Body;
        return context.Request.Name switch
        {
            "aggregate" => body.TryGetValue("pipeline", out var stages) && stages is BsonArray { Count: > 0 } array && array[0] is BsonDocument first && first.Contains("$changeStream"),
            "getMore" => body[0] is BsonInt64 id && context.Server.Cursors.Find(id.Value)?.Source is ChangeStreamSource,
            _ => false,
        };
    }
}
