using System.Text.Json.Serialization;

namespace Promethean.Broker;

/// <summary>One message of a chat, as OpenAI's chat API writes it.</summary>
public sealed record ChatMessageBody
{
    /// <summary><c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>.</summary>
    [JsonPropertyName("role")]
    public required string Role { get; init; }

    /// <summary>The text.</summary>
    [JsonPropertyName("content")]
    public required string Content { get; init; }
}
