using System.Text.Json.Serialization;

namespace Promethean.Broker;

/// <summary>The body of <see cref="BrokerEvents.ChatDelta"/>.</summary>
public sealed record ChatDelta
{
    /// <summary>The text that follows what came before.</summary>
    [JsonPropertyName("delta")]
    public required string Delta { get; init; }
}
