using System.Text.Json.Serialization;

namespace Promethean.Broker;

/// <summary>A chat answer.</summary>
public sealed record ChatOutput
{
    /// <summary>The text.</summary>
    [JsonPropertyName("text")]
    public required string Text { get; init; }

    /// <summary><c>stop</c>, <c>length</c>, <c>tool_calls</c> or <c>content_filter</c>.</summary>
    [JsonPropertyName("finish_reason")]
    public required string FinishReason { get; init; }
}
