using System.Text.Json.Serialization;

namespace Promethean.Broker;

/// <summary>The body of <see cref="BrokerEvents.EmbeddingResult"/>.</summary>
public sealed record EmbeddingResult
{
    /// <summary>One vector per text, in the order asked, each of <see cref="Dimension"/> numbers.</summary>
    [JsonPropertyName("embeddings")]
    public required IReadOnlyList<float[]> Embeddings { get; init; }

    /// <summary>The model that answered.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>Numbers per vector.</summary>
    [JsonPropertyName("dim")]
    public required int Dimension { get; init; }

    /// <summary>Tokens counted.</summary>
    [JsonPropertyName("usage")]
    public required TokenUsage Usage { get; init; }
}
