using System.Text.Json.Serialization;
using Promethean.Broker.Server.Bench.Serving;

namespace Promethean.Broker.Server.Bench;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Note))]
[JsonSerializable(typeof(ServerUsage))]
internal sealed partial class NoteJson : JsonSerializerContext;
