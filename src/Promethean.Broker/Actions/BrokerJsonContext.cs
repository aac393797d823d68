using System.Text.Json.Serialization;

namespace Promethean.Broker;

/// <summary>Source-generated contracts of the actions' payloads and events.</summary>
[JsonSerializable(typeof(ChatCompletionRequest))]
[JsonSerializable(typeof(ChatDelta))]
[JsonSerializable(typeof(ChatComplete))]
[JsonSerializable(typeof(EmbeddingRequest))]
[JsonSerializable(typeof(EmbeddingResult))]
public sealed partial class BrokerJsonContext : JsonSerializerContext;
