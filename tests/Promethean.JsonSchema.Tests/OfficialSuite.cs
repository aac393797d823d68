using System.Text;
using System.Text.Json;

namespace Promethean.JsonSchema.Tests;

/// <summary>The published test suite of JSON Schema, where a folder with its <c>tests</c> and <c>remotes</c> is at hand.</summary>
internal static class OfficialSuite
{
    public const string Variable = "PROMETHEAN_TEST_JSON_SCHEMA_SUITE";

    /// <summary>Where the suite's schemas expect its remotes to be served; here they are registered by these URIs.</summary>
    private const string Remotes = "http://localhost:1234/";

    private static readonly string? Folder = Environment.GetEnvironmentVariable(Variable);

    private static readonly Lazy<JsonSchemaOptions> Options = new(() => new()
    {
        Documents = Directory.EnumerateFiles(Path.Combine(Folder!, "remotes"), "*.json", SearchOption.AllDirectories)
            .ToDictionary(
                file => new Uri(Remotes + Path.GetRelativePath(Path.Combine(Folder!, "remotes"), file).Replace('\\', '/')),
                file => (ReadOnlyMemory<byte>)File.ReadAllBytes(file)),
    });

    public static bool IsAbsent => string.IsNullOrEmpty(Folder);

    /// <summary>The draft's files, as paths from its folder without ".json".</summary>
    public static IEnumerable<string> Files()
    {
        var draft = Path.Combine(Folder!, "tests", "draft2020-12");
        return Directory.EnumerateFiles(draft, "*.json", SearchOption.AllDirectories)
            .Select(file => Path.ChangeExtension(Path.GetRelativePath(draft, file), null).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);
    }

    /// <summary>Runs a file's cases; answers how many there were and which came out otherwise than the suite says.</summary>
    public static (int Cases, List<string> Wrong) Run(string file, IReadOnlySet<string> leftAside)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder!, "tests", "draft2020-12", file + ".json")));
        var cases = 0;
        var wrong = new List<string>();
        foreach (var group in document.RootElement.EnumerateArray())
        {
            var title = group.GetProperty("description").GetString()!;
            if (leftAside.Contains($"{file}: {title}")) continue;
            JsonSchemaValidator schema;
            try
            {
                schema = JsonSchemaValidator.Compile(group.GetProperty("schema"), Options.Value);
            }
            catch (JsonSchemaException e)
            {
                cases += group.GetProperty("tests").GetArrayLength();
                wrong.Add($"{title}: {e.Message}");
                continue;
            }

            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                cases++;
                if (Difference(schema, test) is { } difference) wrong.Add($"{title} / {test.GetProperty("description").GetString()}: {difference}");
            }
        }

        return (cases, wrong);
    }

    private static string? Difference(JsonSchemaValidator schema, JsonElement test)
    {
        var expected = test.GetProperty("valid").GetBoolean();
        var data = test.GetProperty("data");
        var bytes = Encoding.UTF8.GetBytes(data.GetRawText());
        var result = schema.Evaluate(bytes);
        if (schema.IsValid(bytes) != expected) return $"expected {expected}, but IsValid says otherwise; {result.Summary}";
        if (schema.IsValid(data) != expected) return "IsValid of a JsonElement differs from that of its text";
        if (result.IsValid != expected) return $"Evaluate differs from IsValid; {result.Summary}";
        return result.IsValid == (result.Errors.Count == 0) ? null : "errors and verdict differ";
    }
}
