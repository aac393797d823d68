using System.Text.Json;

namespace Promethean.JsonSchema.Compilation;

/// <summary>The keywords that say something of a value and refuse none: their shape is checked, and that is all.</summary>
internal static class Annotations
{
    private const int LongestDescription = 160;

    public static void Check(KeywordReader reader)
    {
        foreach (var keyword in (ReadOnlySpan<string>)["$comment", "title", "description", "format", "contentEncoding", "contentMediaType"]) reader.Text(keyword);
        foreach (var keyword in (ReadOnlySpan<string>)["deprecated", "readOnly", "writeOnly"]) reader.Flag(keyword);
        reader.MustBe("examples", JsonValueKind.Array);
        reader.MustBe("$vocabulary", JsonValueKind.Object);
        reader.Named("$defs");
        reader.One("contentSchema");
    }

    public static string? Description(KeywordReader reader) =>
        reader.Text("description") is { Length: > 0 } text ? text.Length <= LongestDescription ? text : text[..LongestDescription] + "…" : null;
}
