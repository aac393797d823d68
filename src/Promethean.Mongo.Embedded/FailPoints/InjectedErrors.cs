using System.Collections.Frozen;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.FailPoints;

/// <summary>The errors that fail points answer with: named and labelled as MongoDB would, so that drivers retry them.</summary>
internal static class InjectedErrors
{
    private const string RetryableWrite = "RetryableWriteError";
    private const string TransientTransaction = "TransientTransactionError";

    // Codes that only a set of several members, or a network between, gives; the rest are in MongoErrorCode.
    private static readonly FrozenDictionary<int, string> FurtherNames = new Dictionary<int, string>
    {
        [7] = "HostNotFound",
        [24] = "LockTimeout",
        [63] = "StaleShardVersion",
        [64] = "WriteConcernFailed",
        [79] = "UnknownReplWriteConcern",
        [100] = "UnsatisfiableWriteConcern",
        [133] = "FailedToSatisfyReadPreference",
        [134] = "ReadConcernMajorityNotAvailableYet",
        [150] = "StaleEpoch",
        [189] = "PrimarySteppedDown",
        [234] = "RetryChangeStream",
        [246] = "SnapshotUnavailable",
        [262] = "ExceededTimeLimit",
        [391] = "ReauthenticationRequired",
        [9001] = "SocketException",
        [13388] = "StaleConfig",
        [13435] = "NotPrimaryNoSecondaryOk",
        [13436] = "NotPrimaryOrSecondary",
    }.ToFrozenDictionary();

    // "Retryable Writes" in MongoDB's specifications for drivers.
    private static readonly FrozenSet<int> Retryable = FrozenSet.ToFrozenSet([6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

    // Of these the whole transaction can be tried again.
    private static readonly FrozenSet<int> Transient = FrozenSet.ToFrozenSet([24, 112, 246, 251, .. Retryable]);

    /// <summary>An error of a code, with the labels such an error has for this command unless others are given.</summary>
    public static MongoCommandFailedException Of(int code, string failPoint, BsonDocument command, IReadOnlyList<string>? labels = null) =>
        new(code, NameOf(code), $"Failing command via '{failPoint}' failpoint") { ErrorLabels = labels ?? LabelsOf(code, command) };

    /// <summary>The labels that MongoDB gives an error of a code in reply to a command.</summary>
    public static IReadOnlyList<string> LabelsOf(int code, BsonDocument command)
    {
        if (command.GetElement(0).Name is "commitTransaction" or "abortTransaction") return Retryable.Contains(code) ? [RetryableWrite] : [];
        if (command.Contains("autocommit")) return Transient.Contains(code) ? [TransientTransaction] : [];
        return command.Contains("txnNumber") && Retryable.Contains(code) ? [RetryableWrite] : [];
    }

    private static string NameOf(int code) =>
        FurtherNames.TryGetValue(code, out var name) ? name
        : Enum.GetName((MongoErrorCode)code) ?? MongoCommandFailedException.Location(code, "").CodeName;
}
