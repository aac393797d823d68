using System.Collections.Frozen;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>The fields that every command may carry, and what of them this server can honour.</summary>
internal static class GenericFields
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "$db", "$clusterTime", "$readPreference", "lsid", "txnNumber", "startTransaction", "autocommit", "readConcern", "writeConcern",
        "stmtId", "stmtIds", "comment", "maxTimeMS", "apiVersion", "apiStrict", "apiDeprecationErrors",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether every command may carry a field of this name.</summary>
    public static bool IsGeneric(string field) => Names.Contains(field);

    /// <summary>Refuses fields that neither the command nor the protocol knows, and generic ones that ask for what is not there.</summary>
    public static void Check(ICommand command, CommandContext context)
    {
        var request = context.Request;
        foreach (var field in request.Body.Skip(1))
        {
            if (!Names.Contains(field.Name) && !command.TakesFurtherFields && !command.Fields.Contains(field.Name, StringComparer.Ordinal)) throw Unknown(request, field.Name);
        }

        foreach (var sequence in request.Sequences.Keys)
        {
            if (!command.Fields.Contains(sequence, StringComparer.Ordinal)) throw Unknown(request, sequence);
        }

        if (request.Body.Contains("txnNumber") && !request.Body.Contains("lsid"))
            throw new MongoCommandFailedException(MongoErrorCode.InvalidOptions, "Transaction number requires a session ID to also be specified");
        CheckConcerns(context.Arguments, isTransaction: request.Body.Contains("autocommit"));
        if (request.Body.TryGetValue("$clusterTime", out var seen) && seen is BsonDocument gossip && gossip.TryGetValue("clusterTime", out var time) && time is BsonTimestamp clusterTime)
            context.Server.Clock.Advance(clusterTime);
        if (request.Body.Contains("lsid")) _ = context.Session;
        if (context.Arguments.OptionalCount("maxTimeMS") > int.MaxValue) throw MongoCommandFailedException.BadValue("maxTimeMS is out of range");
        if (command is not GetMoreCommand && context.Arguments.OptionalCount("maxTimeMS") is { } limit and > 0)
            context.LimitTime(TimeSpan.FromMilliseconds(limit));
    }

    private static void CheckConcerns(CommandArguments arguments, bool isTransaction)
    {
        if (arguments.OptionalDocument("readConcern") is { } asked && asked.Contains("atClusterTime"))
            throw new MongoCommandFailedException(MongoErrorCode.InvalidOptions, "Reading at a cluster time of the past is not supported by this server");
        if (arguments.OptionalDocument("readConcern") is { } read && read.TryGetValue("level", out var level)
            && level is not BsonString { Value: "local" or "available" or "majority" or "linearizable" }
            && !(isTransaction && level is BsonString { Value: "snapshot" }))
        {
            throw new MongoCommandFailedException(MongoErrorCode.InvalidOptions, $"The read concern level {level} is not supported by this server");
        }

        if (arguments.OptionalDocument("writeConcern") is not { } write || !write.TryGetValue("w", out var members)) return;
        var reachable = members is BsonString { Value: "majority" } || (members.IsNumeric && members.ToDouble() is 0 or 1);
        if (!reachable)
            throw new MongoCommandFailedException(100, "UnsatisfiableWriteConcern", $"Not enough data-bearing nodes: this server is the only one, and w is {members}");
    }

    private static MongoCommandFailedException Unknown(CommandRequest request, string field) =>
        MongoCommandFailedException.Location(40415, $"BSON field '{request.Name}.{field}' is an unknown field.");
}
