using System.Text.Json.Serialization;

namespace Promethean.Broker.Bench;

[JsonSerializable(typeof(Note))]
internal sealed partial class NoteJson : JsonSerializerContext;
