using System.Text.Json.Serialization;

namespace Promethean.Broker;

/// <summary>The payload of <see cref="BrokerActions.ChatCompletion"/>: OpenAI's request body.</summary>
public sealed record ChatCompletionRequest
{
    /// <summary>The model's id.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>The conversation, oldest first.</summary>
    [JsonPropertyName("messages")]
    public required IReadOnlyList<ChatMessageBody> Messages { get; init; }

    /// <summary>0 to 2; 0 asks for the likeliest answer.</summary>
    [JsonPropertyName("temperature")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Temperature { get; init; }

    /// <summary>The longest answer, in tokens of the model.</summary>
    [JsonPropertyName("max_tokens")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxTokens { get; init; }

    /// <summary>The model's seed, for models that have one.</summary>
    [JsonPropertyName("seed")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Seed { get; init; }

    /// <summary>Whether <c>chat.delta</c> events are wanted.</summary>
    [JsonPropertyName("stream")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Stream { get; init; }
}
