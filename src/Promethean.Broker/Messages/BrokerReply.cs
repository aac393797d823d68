using System.Text.Json.Serialization.Metadata;

namespace Promethean.Broker;

/// <summary>One event of an answer, for example <c>chat.delta</c> or <c>chat.complete</c>.</summary>
/// <param name="Event">The event's wire name; see <see cref="BrokerEvents"/>.</param>
/// <param name="Body">A JSON object with the event's members. On the wire they stand beside <c>id</c> and <c>event</c>,
/// so a received body may hold those two as well.</param>
/// <param name="IsFinal">Whether the answer ends with it.</param>
public sealed record BrokerReply(string Event, JsonPayload Body, bool IsFinal)
{
    /// <summary>An event that more will follow.</summary>
    /// <typeparam name="T">The body's type; it must serialise to a JSON object.</typeparam>
    /// <param name="eventName">The event's wire name.</param>
    /// <param name="body">The event's members.</param>
    /// <param name="type">The body's contract.</param>
    public static BrokerReply Partial<T>(string eventName, T body, JsonTypeInfo<T> type) => new(eventName, JsonPayload.From(body, type), false);

    /// <summary>The event that ends an answer.</summary>
    /// <typeparam name="T">The body's type; it must serialise to a JSON object.</typeparam>
    /// <param name="eventName">The event's wire name.</param>
    /// <param name="body">The event's members.</param>
    /// <param name="type">The body's contract.</param>
    public static BrokerReply Final<T>(string eventName, T body, JsonTypeInfo<T> type) => new(eventName, JsonPayload.From(body, type), true);
}
