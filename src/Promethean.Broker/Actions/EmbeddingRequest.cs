using System.Text.Json.Serialization;

namespace Promethean.Broker;

/// <summary>The payload of <see cref="BrokerActions.EmbeddingQuery"/>: OpenAI's request body.</summary>
public sealed record EmbeddingRequest
{
    /// <summary>The model's id.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>The texts, at least one.</summary>
    [JsonPropertyName("input")]
    public required IReadOnlyList<string> Input { get; init; }
}
