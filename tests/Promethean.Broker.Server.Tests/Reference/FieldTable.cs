using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Promethean.Broker.Server.Tests;

/// <summary>Writes the members of a frame as a table, those of its objects by their paths.</summary>
internal sealed class FieldTable(WireSchema schema)
{
    private readonly StringBuilder _table = new("| member | type | | meaning |\n|---|---|---|---|\n");

    public static string Of(WireSchema schema, WireFrame frame)
    {
        var table = new FieldTable(schema);
        table.AddMembers("", frame.Schema);
        return table._table.ToString();
    }

    /// <summary>What people call a definition: <c>topicPattern</c> is a topic pattern.</summary>
    public static string Words(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}"));

    private void AddMembers(string path, JsonElement owner)
    {
        string[] required = owner.TryGetProperty("required", out var names) ? [.. names.EnumerateArray().Select(one => one.GetString()!)] : [];
        foreach (var member in owner.GetProperty("properties").EnumerateObject())
        {
            var (_, resolved) = schema.Resolve(member.Value);
            var text = (member.Value.TryGetProperty("description", out var description) || resolved.TryGetProperty("description", out description))
                && !resolved.TryGetProperty("pattern", out _)
                    ? description.GetString()
                    : "";
            _table.Append(CultureInfo.InvariantCulture, $"| `{path}{member.Name}` | {Type(member.Value)} | {(required.Contains(member.Name) ? "required" : "")} | {text} |\n");
            if (resolved.TryGetProperty("properties", out _))
            {
                AddMembers($"{path}{member.Name}.", resolved);
            }
        }
    }

    private string Type(JsonElement member)
    {
        var (name, type) = schema.Resolve(member);
        return type.TryGetProperty("pattern", out _) ? $"[{Words(name!)}](#names)"
            : type.TryGetProperty("const", out var constant) ? $"`{constant.GetRawText()}`"
            : type.TryGetProperty("enum", out var values) ? string.Join(", ", values.EnumerateArray().Select(value => $"`{value.GetRawText()}`"))
            : type.TryGetProperty("oneOf", out var choices) ? string.Join(" or ", choices.EnumerateArray().Select(Type))
            : type.TryGetProperty("allOf", out var parts) ? $"{Type(parts[0])}, none of the others here"
            : !type.TryGetProperty("type", out var kind) ? "any JSON"
            : kind.GetString() switch
            {
                "string" => "string" + Range(type, "minLength", "maxLength", " characters"),
                "array" => $"array{Range(type, "minItems", "maxItems", " items")}: {Type(type.GetProperty("items"))}",
                "object" when type.TryGetProperty("additionalProperties", out var others) => $"object of {Type(others)}s",
                var other => other + Range(type, "minimum", "maximum", ""),
            };
    }

    private static string Range(JsonElement type, string least, string most, string unit)
    {
        var (from, to) = (Text(type, least), Text(type, most));
        return (from, to) switch
        {
            (null, null) => "",
            ("1", null) when unit.Length > 0 => ", not empty",
            (_, null) => $", at least {from}{unit}",
            (null, _) => $", at most {to}{unit}",
            _ => $", {from} to {to}{unit}",
        };
    }

    private static string? Text(JsonElement type, string keyword) => type.TryGetProperty(keyword, out var value) ? value.GetRawText() : null;
}
