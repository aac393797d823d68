using MongoDB.Bson;
using Promethean.Mongo.Embedded.Authentication;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>saslContinue</c>: goes on to authenticate.</summary>
internal sealed class SaslContinueCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["saslContinue"];

    public IReadOnlyList<string> Fields { get; } = ["conversationId", "payload"];

    public bool RequiresAuthentication => false;

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var reply = SaslExchange.Continue(context.Server, context.Client, context.Request.Body);
        return ValueTask.FromResult(new CommandReply(reply.Add(new BsonElement("ok", 1.0))));
    }
}
