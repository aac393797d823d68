using System.Text;
using Promethean.JsonSchema;

namespace Promethean.Broker.Server.Tests;

/// <summary>What frames have to conform to: the published schemas, as they are published.</summary>
internal static class WireSchemas
{
    public static JsonSchemaValidator ClientToBroker { get; } = JsonSchemaValidator.Compile(
        BrokerSchemas.ClientToBroker.Utf8, new() { MaxDepth = FrameLimits.MaxDepth });

    // What the broker passes on stands a few levels deeper than it was sent.
    public static JsonSchemaValidator BrokerToClient { get; } = JsonSchemaValidator.Compile(
        BrokerSchemas.BrokerToClient.Utf8, new() { MaxDepth = FrameLimits.MaxReadDepth });

    public static IReadOnlyList<string> ProblemsOfClient(string frame) => Problems(ClientToBroker, frame);

    public static IReadOnlyList<string> ProblemsOfBroker(string frame) => Problems(BrokerToClient, frame);

    private static IReadOnlyList<string> Problems(JsonSchemaValidator schema, string frame)
    {
        var utf8 = Encoding.UTF8.GetBytes(frame);
        return schema.IsValid(utf8) ? [] : [.. schema.Evaluate(utf8.AsSpan()).Errors.Select(error => $"{error}: {frame}")];
    }
}
