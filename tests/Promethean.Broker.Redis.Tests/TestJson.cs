using System.Text.Json.Serialization;

namespace Promethean.Broker.Redis.Tests;

[JsonSerializable(typeof(int))]
internal sealed partial class TestJson : JsonSerializerContext;
