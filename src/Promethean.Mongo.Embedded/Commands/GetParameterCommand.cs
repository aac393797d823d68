using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>getParameter</c>: the settings of MongoDB's server that this one has too.</summary>
internal sealed class GetParameterCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["getParameter"];

    public IReadOnlyList<string> Fields { get; } = ["allParameters"];

    public bool TakesFurtherFields => true;

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        context.RequireAdmin();
        var known = Parameters(context.Server);
        var asked = context.Request.Body.Skip(1).Select(field => field.Name).Where(name => name != "allParameters" && !GenericFields.IsGeneric(name)).ToList();
        var all = context.Request.Body[0] is BsonString { Value: "*" } || context.Arguments.Boolean("allParameters")
            || (context.Request.Body[0] is BsonDocument options && options.GetValue("allParameters", false).ToBoolean());
        var found = new BsonDocument(known.Where(parameter => all || asked.Contains(parameter.Name)));
        if (found.ElementCount == 0) throw new MongoCommandFailedException(MongoErrorCode.InvalidOptions, "no option found to get");
        return ValueTask.FromResult(new CommandReply(found.Add("ok", 1.0)));
    }

    private static BsonDocument Parameters(ServerState server) => new()
    {
        { "featureCompatibilityVersion", new BsonDocument("version", WireLimits.ServerVersion[..WireLimits.ServerVersion.LastIndexOf('.')]) },
        { "enableTestCommands", server.FailPoints.IsEnabled },
        { "ttlMonitorEnabled", true },
        { "ttlMonitorSleepSecs", (int)Math.Ceiling(server.ExpiryInterval.TotalSeconds) },
        { "cursorTimeoutMillis", (long)server.Cursors.Timeout.TotalMilliseconds },
        { "localLogicalSessionTimeoutMinutes", (int)server.Sessions.Timeout.TotalMinutes },
        { "maxBSONDepth", 200 },
        { "quiet", false },
    };
}
