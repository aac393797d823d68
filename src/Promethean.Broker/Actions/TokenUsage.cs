using System.Text.Json.Serialization;

namespace Promethean.Broker;

/// <summary>Tokens counted by the model, as OpenAI's API names them.</summary>
public sealed record TokenUsage
{
    /// <summary>Tokens read.</summary>
    [JsonPropertyName("prompt_tokens")]
    public long PromptTokens { get; init; }

    /// <summary>Tokens written.</summary>
    [JsonPropertyName("completion_tokens")]
    public long CompletionTokens { get; init; }

    /// <summary>Both.</summary>
    [JsonPropertyName("total_tokens")]
    public long TotalTokens { get; init; }
}
