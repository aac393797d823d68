using MongoDB.Bson;
using Promethean.Mongo.Embedded.Authentication;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>saslStart</c>: begins to authenticate.</summary>
internal sealed class SaslStartCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["saslStart"];

    public IReadOnlyList<string> Fields { get; } = ["mechanism", "payload", "options", "autoAuthorize"];

    public bool RequiresAuthentication => false;

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var reply = SaslExchange.Start(context.Server, context.Client, context.Request.Body, context.Database);
        return ValueTask.FromResult(new CommandReply(reply.Add(new BsonElement("ok", 1.0))));
    }
}
