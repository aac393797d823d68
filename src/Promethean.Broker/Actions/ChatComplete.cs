using System.Text.Json.Serialization;

namespace Promethean.Broker;

/// <summary>The body of <see cref="BrokerEvents.ChatComplete"/>.</summary>
public sealed record ChatComplete
{
    /// <summary>The whole answer.</summary>
    [JsonPropertyName("output")]
    public required ChatOutput Output { get; init; }

    /// <summary>Tokens counted.</summary>
    [JsonPropertyName("usage")]
    public required TokenUsage Usage { get; init; }

    /// <summary>The model that answered.</summary>
    [JsonPropertyName("model")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }
}
