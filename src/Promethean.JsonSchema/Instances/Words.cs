using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Promethean.JsonSchema.Instances;

/// <summary>Values in words, short and without control characters, for messages.</summary>
internal static class Words
{
    private const int Longest = 60;

    public static string Value(Instance instance, int at) => instance.Slots[at].Kind switch
    {
        TokenKind.Null => "null",
        TokenKind.True => "true",
        TokenKind.False => "false",
        TokenKind.Number => $"the number {Encoding.UTF8.GetString(Cut(instance.Text(at), out var dots))}{dots}",
        TokenKind.String => $"the string {Quoted(instance.Text(at))}",
        TokenKind.Array => $"an array of {Count(instance.Slots[at].Length, "item")}",
        _ => $"an object of {Count(instance.Slots[at].Length, "member")}",
    };

    public static string Quoted(ReadOnlySpan<byte> text)
    {
        var cut = Cut(text, out var dots);
        return $"\"{JsonEncodedText.Encode(cut, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}{dots}\"";
    }

    public static string Quoted(string text) => Quoted(Encoding.UTF8.GetBytes(text));

    public static string Count(long count, string thing) => count == 1 ? $"1 {thing}" : $"{count} {thing}s";

    public static string List(IEnumerable<string> things) => string.Join(", ", things);

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text, out string dots)
    {
        dots = "";
        if (text.Length <= Longest) return text;
        var end = Longest;
        while ((text[end] & 0xC0) == 0x80) end--;
        dots = "…";
        return text[..end];
    }
}
