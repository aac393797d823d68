using Promethean.Mongo.Embedded.Authentication;

namespace Promethean.Mongo.Embedded.Wire;

/// <summary>A connection as commands see it. Its commands run one after the other.</summary>
/// <param name="id">Its number.</param>
/// <param name="host">The address and port by which this client reached the server, and can again.</param>
internal sealed class ConnectedClient(int id, string host)
{
    public int Id => id;

    public string Host => host;

    /// <summary>Who has authenticated on it, or null.</summary>
    public string? UserName { get; set; }

    /// <summary>The authentication that is under way, or null.</summary>
    public ScramConversation? Conversation { get; set; }

    /// <summary>When that began, as a timestamp of the server's clock.</summary>
    public long ConversationStarted { get; set; }
}
