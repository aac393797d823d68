using System.Text.Json.Serialization;

namespace Promethean.Broker.Testing;

/// <summary>The payload of the conformance cases.</summary>
internal sealed record ConformanceNote([property: JsonPropertyName("number")] int Number, [property: JsonPropertyName("text")] string Text = "");
