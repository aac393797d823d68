using MongoDB.Bson;
using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.FailPoints;

/// <summary><c>configureFailPoint</c>: makes commands fail on purpose, so that an application's tests can see how it takes it.</summary>
internal sealed class ConfigureFailPointCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["configureFailPoint"];

    public IReadOnlyList<string> Fields { get; } = ["mode", "data"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var points = context.Server.FailPoints;
        if (!points.IsEnabled)
        {
            throw new MongoCommandFailedException(
                MongoErrorCode.CommandNotFound, "no such command: 'configureFailPoint'. Test commands are not enabled on this server");
        }

        context.RequireAdmin();
        var fired = points.Configure(context.Arguments.RequiredString("configureFailPoint"), context.Arguments.Optional("mode"), context.Arguments.Document("data"));
        return ValueTask.FromResult(CommandReply.Ok(new BsonElement("count", fired)));
    }
}
