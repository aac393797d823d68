using System.Text.Json;
using System.Text.Json.Serialization;

namespace Promethean.EndToEnd.Tests;

/// <summary>The JSON line at the end of <c>--once</c>.</summary>
internal sealed record CrawlOutcome
{
    [JsonPropertyName("pages")]
    public required long Pages { get; init; }

    [JsonPropertyName("edges")]
    public required long Edges { get; init; }

    [JsonPropertyName("summaries")]
    public required long Summaries { get; init; }

    [JsonPropertyName("tagged")]
    public required long Tagged { get; init; }

    [JsonPropertyName("vectors")]
    public required long Vectors { get; init; }

    [JsonPropertyName("failed")]
    public required long Failed { get; init; }

    [JsonPropertyName("seconds")]
    public required double Seconds { get; init; }

    public static CrawlOutcome From(HostProcess host) =>
        JsonSerializer.Deserialize<CrawlOutcome>(host.Lines.Single(line => line.StartsWith('{')))
        ?? throw new InvalidOperationException($"No JSON line.\n{host.Errors}");
}
