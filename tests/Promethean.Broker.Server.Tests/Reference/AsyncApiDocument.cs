using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Promethean.Broker.Server.Tests;

/// <summary>Writes the wire as AsyncAPI 3.0, from the broker's side: it receives actions and sends events.</summary>
/// <remarks>The schemas are embedded with their definitions renamed, since both directions have some of the same name.</remarks>
internal static class AsyncApiDocument
{
    private const string Channel = "#/channels/broker";

    // What schemas say of texts is not HTML.
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Render() => new JsonObject
    {
        ["asyncapi"] = "3.0.0",
        ["info"] = Info(),
        ["defaultContentType"] = "application/json",
        ["servers"] = Servers(),
        ["channels"] = new JsonObject { ["broker"] = Broker() },
        ["operations"] = Operations(),
        ["components"] = new JsonObject
        {
            ["securitySchemes"] = new JsonObject
            {
                ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "Where the broker has tokens; without them it listens on loopback only." },
            },
            ["messages"] = Object(Both().Select(one => (Key(one.Schema, one.Frame.Name), Message(one.Schema, one.Frame)))),
            ["schemas"] = Object(new[] { WireSchema.OfClient, WireSchema.OfBroker }.SelectMany(Schemas)),
        },
    }.ToJsonString(Layout) + "\n";

    private static JsonObject Info() => new()
    {
        ["title"] = "Promethean broker",
        // The schemas' own version: urn:promethean:broker:client-to-broker:1.
        ["version"] = WireSchema.OfClient.Document.GetProperty("$id").GetString()!.Split(':')[^1],
        ["description"] = "Topics, requests to workers and queues over one WebSocket. What frames alone do not say is in docs/api/broker.md.",
        ["license"] = new JsonObject { ["name"] = "MIT" },
    };

    private static JsonObject Servers() => new()
    {
        ["local"] = new JsonObject
        {
            ["host"] = "127.0.0.1:7000",
            ["protocol"] = "ws",
            ["description"] = "As the command serves it; a broker without a token asks for none.",
            ["security"] = new JsonArray(Reference("#/components/securitySchemes/token")),
        },
        ["behindProxy"] = new JsonObject
        {
            ["host"] = "{host}",
            ["protocol"] = "wss",
            ["description"] = "Behind a proxy that ends TLS.",
            ["variables"] = new JsonObject { ["host"] = new JsonObject { ["default"] = "localhost" } },
            ["security"] = new JsonArray(Reference("#/components/securitySchemes/token")),
        },
    };

    private static JsonObject Broker() => new()
    {
        ["address"] = "/",
        ["title"] = "The broker's WebSocket",
        ["description"] = "A WebSocket message is one frame, or an array of 1 to 1,024 of them; the broker sends arrays to those who connect with batch=1.",
        ["messages"] = Object(Both().Select(one => (Key(one.Schema, one.Frame.Name), Reference($"#/components/messages/{Key(one.Schema, one.Frame.Name)}")))),
        ["bindings"] = new JsonObject
        {
            ["ws"] = new JsonObject
            {
                ["method"] = "GET",
                ["query"] = new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject
                    {
                        ["batch"] = new JsonObject { ["const"] = "1", ["description"] = "The client takes arrays of events." },
                    },
                },
                ["bindingVersion"] = "0.1.0",
            },
        },
    };

    private static JsonObject Operations() => Object(
        WireSchema.OfClient.Frames.Select(frame => ($"take.{frame.Name}", Operation("receive", WireSchema.OfClient, frame, Answers(frame))))
            .Concat(WireSchema.OfBroker.Frames.Where(IsUnasked).Select(frame => ($"tell.{frame.Name}", Operation("send", WireSchema.OfBroker, frame, [])))));

    private static JsonObject Operation(string direction, WireSchema schema, WireFrame frame, IReadOnlyList<WireFrame> answers)
    {
        var operation = new JsonObject
        {
            ["action"] = direction,
            ["channel"] = Reference(Channel),
            ["title"] = frame.Heading.Trim('`'),
            ["summary"] = frame.Description,
            ["messages"] = new JsonArray(InChannel(schema, frame)),
        };
        if (answers.Count > 0)
        {
            operation["reply"] = new JsonObject
            {
                ["channel"] = Reference(Channel),
                ["messages"] = new JsonArray([.. answers.Select(answer => InChannel(WireSchema.OfBroker, answer))]),
            };
        }

        return operation;
    }

    /// <summary>What may answer a frame: a request, whatever a worker says; the rest, whether it is done.</summary>
    private static IReadOnlyList<WireFrame> Answers(WireFrame frame) =>
        !frame.HasId ? []
        : frame.Words.Count == 0 ? [.. WireSchema.OfBroker.Frames.Where(answer => answer.HasId)]
        : [.. WireSchema.OfBroker.Frames.Where(answer => answer.Words is [BrokerEvents.Ok] or [BrokerEvents.Error])];

    // An error with a null id answers what could not be read.
    private static bool IsUnasked(WireFrame frame) => !frame.HasId || frame.Words is [BrokerEvents.Error];

    private static JsonObject Message(WireSchema schema, WireFrame frame)
    {
        var message = new JsonObject
        {
            ["name"] = frame.Words is [var word] ? word : frame.Name,
            ["title"] = frame.Heading.Trim('`'),
            ["summary"] = frame.Description,
            ["payload"] = Reference($"#/components/schemas/{Key(schema, frame.Name)}"),
            ["examples"] = new JsonArray([.. frame.Examples.Select(example => new JsonObject { ["payload"] = JsonNode.Parse(example.GetRawText()) })]),
        };
        if (frame.HasId)
        {
            message["correlationId"] = new JsonObject { ["location"] = "$message.payload#/id", ["description"] = "The client's id for the frame and all that answers it." };
        }

        return message;
    }

    private static IEnumerable<(string Key, JsonObject Schema)> Schemas(WireSchema schema) =>
        from one in schema.Document.GetProperty("$defs").EnumerateObject()
        select (Key(schema, one.Name), (JsonObject)Renamed(schema, JsonNode.Parse(one.Value.GetRawText()))!);

    /// <summary>The same with its references leading here, and without examples, which the messages have.</summary>
    private static JsonNode? Renamed(WireSchema schema, JsonNode? node) => node switch
    {
        JsonObject members => Object(
            from member in members
            where member.Key != "examples"
            select (member.Key, member.Key == "$ref"
                ? JsonValue.Create($"#/components/schemas/{Key(schema, member.Value!.GetValue<string>()["#/$defs/".Length..])}")
                : Renamed(schema, member.Value))),
        JsonArray items => new JsonArray([.. items.Select(item => Renamed(schema, item))]),
        _ => node?.DeepClone(),
    };

    private static IEnumerable<(WireSchema Schema, WireFrame Frame)> Both() =>
        new[] { WireSchema.OfClient, WireSchema.OfBroker }.SelectMany(schema => schema.Frames.Select(frame => (schema, frame)));

    private static string Key(WireSchema schema, string definition) => $"{(schema == WireSchema.OfClient ? "client" : "broker")}.{definition}";

    private static JsonObject InChannel(WireSchema schema, WireFrame frame) => Reference($"{Channel}/messages/{Key(schema, frame.Name)}");

    private static JsonObject Reference(string to) => new() { ["$ref"] = to };

    private static JsonObject Object<T>(IEnumerable<(string Key, T Value)> members)
        where T : JsonNode? =>
        new(members.Select(member => KeyValuePair.Create<string, JsonNode?>(member.Key, member.Value)));
}
