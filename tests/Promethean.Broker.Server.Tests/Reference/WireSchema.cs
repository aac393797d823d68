using System.Text.Json;
using Promethean.JsonSchema;

namespace Promethean.Broker.Server.Tests;

/// <summary>One direction of the wire: the published schema, to be read frame by frame.</summary>
internal sealed class WireSchema
{
    private readonly JsonElement _definitions;

    private WireSchema(string side, JsonPayload text, JsonSchemaValidator whole, string frame)
    {
        Side = side;
        Whole = whole;
        Document = JsonDocument.Parse(text.Utf8).RootElement;
        _definitions = Document.GetProperty("$defs");
        Frames =
        [
            .. from one in _definitions.GetProperty(frame).GetProperty("oneOf").EnumerateArray()
               let name = NameOf(one.GetProperty("$ref").GetString()!)
               select new WireFrame(name, _definitions.GetProperty(name)),
        ];
    }

    public static WireSchema OfClient { get; } = new("client-to-broker", BrokerSchemas.ClientToBroker, WireSchemas.ClientToBroker, "frame");

    public static WireSchema OfBroker { get; } = new("broker-to-client", BrokerSchemas.BrokerToClient, WireSchemas.BrokerToClient, "event");

    /// <summary>The schema's file, without what all share.</summary>
    public string Side { get; }

    public JsonElement Document { get; }

    public JsonSchemaValidator Whole { get; }

    /// <summary>In the schema's order.</summary>
    public IReadOnlyList<WireFrame> Frames { get; }

    public IEnumerable<JsonElement> Examples => Frames.SelectMany(frame => frame.Examples);

    /// <summary>The definitions of names and the like, which frames refer to.</summary>
    public IEnumerable<JsonProperty> Patterns => _definitions.EnumerateObject().Where(one => one.Value.TryGetProperty("pattern", out _));

    /// <summary>What a schema refers to, or itself; and the name of that.</summary>
    public (string? Name, JsonElement Schema) Resolve(JsonElement schema)
    {
        if (!schema.TryGetProperty("$ref", out var reference))
        {
            return (null, schema);
        }

        var name = NameOf(reference.GetString()!);
        return (name, _definitions.GetProperty(name));
    }

    private static string NameOf(string reference) => reference["#/$defs/".Length..];
}
