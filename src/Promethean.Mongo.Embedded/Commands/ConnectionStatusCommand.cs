using MongoDB.Bson;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>connectionStatus</c>: the users this connection has logged in.</summary>
internal sealed class ConnectionStatusCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["connectionStatus"];

    public IReadOnlyList<string> Fields { get; } = ["showPrivileges"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var users = new BsonArray();
        if (context.Client.UserName is { } name) users.Add(new BsonDocument { { "user", name }, { "db", "admin" } });
        var info = new BsonDocument { { "authenticatedUsers", users }, { "authenticatedUserRoles", new BsonArray() } };
        if (context.Arguments.Boolean("showPrivileges")) info.Add("authenticatedUserPrivileges", new BsonArray());
        return ValueTask.FromResult(CommandReply.Ok(new BsonElement("authInfo", info)));
    }
}
