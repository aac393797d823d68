using MongoDB.Bson;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>currentOp</c>: the commands being carried out now, this one among them. Further fields filter what is shown.</summary>
internal sealed class CurrentOpCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["currentOp"];

    public IReadOnlyList<string> Fields { get; } = ["$all", "$ownOps"];

    public bool TakesFurtherFields => true;

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        context.RequireAdmin();
        var conditions = context.Request.Body.Skip(1).Where(field => !Fields.Contains(field.Name, StringComparer.Ordinal) && !GenericFields.IsGeneric(field.Name));
        var filter = DocumentFilter.Parse(new BsonDocument(conditions), context.Variables);
        var shown = context.Server.Operations.All.Select(operation => Describe(operation.Key, operation.Value, context)).Where(filter.Matches);
        return ValueTask.FromResult(CommandReply.Ok(new BsonElement("inprog", new BsonArray(shown))));
    }

    private static BsonDocument Describe(int id, CommandContext running, CommandContext asking)
    {
        var body = running.Request.Body;
        var elapsed = asking.Now - running.Now;
        return new BsonDocument
        {
            { "type", "op" },
            { "host", asking.Server.Host },
            { "desc", $"conn{running.ConnectionId}" },
            { "connectionId", running.ConnectionId },
            { "opid", id },
            { "active", true },
            { "secs_running", (long)elapsed.TotalSeconds },
            { "microsecs_running", (long)elapsed.TotalMicroseconds },
            { "op", KindOf(running.Request.Name) },
            { "ns", body[0] is BsonString name ? $"{running.Database}.{name.Value}" : $"{running.Database}.$cmd" },
            { "command", body.DeepClone() },
        };
    }

    private static string KindOf(string command) => command switch
    {
        "find" => "query",
        "getMore" => "getmore",
        "insert" or "update" => command,
        "delete" => "remove",
        _ => "command",
    };
}
