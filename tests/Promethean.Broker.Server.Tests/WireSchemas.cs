using NJsonSchema;
using NJsonSchema.Validation;

namespace Promethean.Broker.Server.Tests;

/// <summary>The published schemas, for a validator that knows the keywords of draft 4 to 7: only two spellings are lowered.</summary>
internal static class WireSchemas
{
    private static readonly Lazy<NJsonSchema.JsonSchema> ClientToBroker = new(() => Load(BrokerSchemas.ClientToBroker));
    private static readonly Lazy<NJsonSchema.JsonSchema> BrokerToClient = new(() => Load(BrokerSchemas.BrokerToClient));

    public static IReadOnlyList<string> ProblemsOfClient(string frame) => Problems(ClientToBroker.Value, frame);

    public static IReadOnlyList<string> ProblemsOfBroker(string frame) => Problems(BrokerToClient.Value, frame);

    private static List<string> Problems(NJsonSchema.JsonSchema schema, string frame)
    {
        ICollection<ValidationError> errors;
        lock (schema)
        {
            errors = schema.Validate(frame);
        }

        return [.. errors.Select(error => $"{error.Kind} at {error.Path}: {frame}")];
    }

    private static NJsonSchema.JsonSchema Load(JsonPayload text) => NJsonSchema.JsonSchema.FromJsonAsync(Lower(text.ToString())).GetAwaiter().GetResult();

    private static string Lower(string schema)
    {
        var lowered = schema
            .Replace("\"$defs\"", "\"definitions\"", StringComparison.Ordinal)
            .Replace("#/$defs/", "#/definitions/", StringComparison.Ordinal);
        return System.Text.RegularExpressions.Regex.Replace(lowered, "\"const\": (\"[^\"]*\"|true)", "\"enum\": [$1]");
    }
}
