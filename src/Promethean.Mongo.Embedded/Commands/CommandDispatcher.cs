using System.Diagnostics;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Transactions;
using Promethean.Mongo.Embedded.FailPoints;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>Finds the command a request names, checks the fields, runs it, and turns whatever happens into a reply.</summary>
internal sealed class CommandDispatcher(ServerState server)
{
    // Drivers want a signature, and check it only where there are keys to check it with.
    private static readonly BsonDocument NoSignature = new() { { "hash", new byte[20] }, { "keyId", 0L } };

    /// <summary>Runs one request. Throws only when the server stops or a fail point closes the connection.</summary>
    public async ValueTask<CommandReply> RunAsync(CommandRequest request, ConnectedClient client, CancellationToken stopping)
    {
        var started = server.Time.GetTimestamp();
        using var activity = Telemetry.Activities.StartActivity(request.Name, ActivityKind.Server);
        var running = 0;
        CommandReply reply;
        CommandContext? context = null;
        try
        {
            var command = CommandTable.Find(request.Name);
            // Strangers do not even learn which commands there are.
            if (server.Users.AreRequired && client.UserName is null && command is not { RequiresAuthentication: false })
                throw new MongoCommandFailedException(MongoErrorCode.Unauthorized, $"Command {request.Name} requires authentication");
            if (command is null) throw new MongoCommandFailedException(MongoErrorCode.CommandNotFound, $"no such command: '{request.Name}'");
            var injected = await server.FailPoints.EnterAsync(command, request, client.Id, stopping).ConfigureAwait(false);
            context = new CommandContext(server, request, client, stopping);
            GenericFields.Check(command, context);
            running = server.Operations.Add(context);
            reply = await TransactionRules.RunAsync(command, context).ConfigureAwait(false);
            injected?.Apply(reply);
        }
        catch (ConnectionFailedException)
        {
            throw;
        }
        catch (MongoCommandFailedException refused)
        {
            reply = ErrorReply.From(ErrorLabels.Add(refused, context));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure)
        {
            Log.CommandBroke(server.Logger, failure, request.Name);
            reply = ErrorReply.From(new MongoCommandFailedException(MongoErrorCode.InternalError, $"{failure.GetType().Name}: {failure.Message}"));
        }
        finally
        {
            server.Operations.Remove(running);
        }

        AddTopology(reply.Body);
        AddTime(reply.Body);
        var succeeded = reply.Body["ok"].ToDouble() == 1;
        Telemetry.CommandDuration.Record(
            server.Time.GetElapsedTime(started).TotalSeconds,
            new KeyValuePair<string, object?>("command", CommandTable.Find(request.Name)?.Names[0] ?? "unknown"),
            new KeyValuePair<string, object?>("ok", succeeded));
        if (!succeeded) activity?.SetStatus(ActivityStatusCode.Error, reply.Body["errmsg"].AsString);
        return reply;
    }

    /// <summary>Forgets what was noted of a connection that has ended.</summary>
    public void Forget(int connectionId) => server.FailPoints.Forget(connectionId);

    // Drivers hold it against what they know: the server has not changed, so they go on at once and do not look for another.
    private void AddTopology(BsonDocument body)
    {
        if (ErrorLabels.IsNotPrimary(body.GetValue("code", 0)) || (body.TryGetValue("writeConcernError", out var concern) && ErrorLabels.IsNotPrimary(concern["code"])))
            body["topologyVersion"] = server.TopologyVersion;
    }

    private void AddTime(BsonDocument body)
    {
        body.Add("$clusterTime", new BsonDocument { { "clusterTime", server.Clock.Latest }, { "signature", NoSignature } });
        body.Add("operationTime", server.Clock.Committed);
    }
}
