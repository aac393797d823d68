using System.Text.Json.Serialization;

namespace Promethean.Broker.Testing.Tests;

internal sealed record PriceRequest([property: JsonPropertyName("order")] int Order);

internal sealed record PriceAnswer([property: JsonPropertyName("price")] int Price);

[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(PriceRequest))]
[JsonSerializable(typeof(PriceAnswer))]
internal sealed partial class NumberJsonContext : JsonSerializerContext;
