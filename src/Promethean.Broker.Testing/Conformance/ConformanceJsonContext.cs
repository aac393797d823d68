using System.Text.Json.Serialization;

namespace Promethean.Broker.Testing;

/// <summary>Source-generated contracts of the conformance cases.</summary>
[JsonSerializable(typeof(ConformanceNote))]
internal sealed partial class ConformanceJsonContext : JsonSerializerContext;
