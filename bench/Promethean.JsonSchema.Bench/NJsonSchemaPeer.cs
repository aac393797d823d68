using System.Text.RegularExpressions;

namespace Promethean.JsonSchema.Bench;

/// <summary>NJsonSchema, which knows the keywords of draft 4 to 7: $defs and const are spelled as there.</summary>
internal sealed class NJsonSchemaPeer(NJsonSchema.JsonSchema whole)
{
    private readonly NJsonSchema.JsonSchema publish = whole.Definitions["publish"];

    public static async Task<NJsonSchemaPeer> LoadAsync(string schema)
    {
        var spelled = schema.Replace("\"$defs\"", "\"definitions\"", StringComparison.Ordinal).Replace("#/$defs/", "#/definitions/", StringComparison.Ordinal);
        return new(await NJsonSchema.JsonSchema.FromJsonAsync(Regex.Replace(spelled, "\"const\": (\"[^\"]*\"|true)", "\"enum\": [$1]")));
    }

    public bool IsValid(string text) => whole.Validate(text).Count == 0;

    public bool IsValidPublish(string text) => publish.Validate(text).Count == 0;
}
