using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Wire;

/// <summary>
/// One command as a client sent it. The document sequences lie in the connection's buffer: they are valid until the reply is made.
/// </summary>
internal sealed class CommandRequest
{
    /// <summary>The whole command document; its first field is the command.</summary>
    public required BsonDocument Body { get; init; }

    /// <summary>The database the command addresses.</summary>
    public required string Database { get; init; }

    /// <summary>The documents sent beside the command (OP_MSG sections of kind 1), each validated, by field name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ReadOnlyMemory<byte>>> Sequences { get; init; } =
        new Dictionary<string, IReadOnlyList<ReadOnlyMemory<byte>>>();

    /// <summary>Whether the client waits for a reply; false for unacknowledged writes.</summary>
    public bool ReplyExpected { get; init; } = true;

    /// <summary>The command's name as sent.</summary>
    public string Name => Body.GetElement(0).Name;
}
