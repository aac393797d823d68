using System.Text.Json.Serialization;

namespace Promethean.Broker.Server.Tests;

/// <summary>What the driver tells of one step.</summary>
internal sealed record TranscriptStep
{
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    [JsonPropertyName("client")]
    public string Client { get; init; } = "";

    [JsonPropertyName("text")]
    public string Text { get; init; } = "";

    /// <summary>Whether no schema allows it.</summary>
    [JsonPropertyName("isWrong")]
    public bool IsWrong { get; init; }
}
