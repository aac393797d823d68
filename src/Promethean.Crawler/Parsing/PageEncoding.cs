using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Promethean.Crawler;

/// <summary>
/// Finds a page's character encoding as browsers do (HTML Standard, 13.2.3): byte-order mark, then the server's word, then
/// the page's, and else UTF-8 where the bytes are UTF-8 and windows-1252 where not.
/// </summary>
internal static class PageEncoding
{
    private const int Looked = 1024;

    // The labels of the Encoding Standard that mean something other than their name.
    private static readonly FrozenDictionary<string, string> _labels = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["iso-8859-1"] = "windows-1252",
        ["iso8859-1"] = "windows-1252",
        ["latin1"] = "windows-1252",
        ["latin-1"] = "windows-1252",
        ["ascii"] = "windows-1252",
        ["us-ascii"] = "windows-1252",
        ["iso-8859-9"] = "windows-1254",
        ["iso-8859-11"] = "windows-874",
        ["tis-620"] = "windows-874",
        ["gb2312"] = "gb18030",
        ["gbk"] = "gb18030",
        ["x-gbk"] = "gb18030",
        ["x-sjis"] = "shift_jis",
        ["sjis"] = "shift_jis",
        ["windows-31j"] = "shift_jis",
        ["ks_c_5601-1987"] = "euc-kr",
        ["utf8"] = "utf-8",
        ["unicode-1-1-utf-8"] = "utf-8",
        ["utf-7"] = "windows-1252", // can smuggle markup past readers that do not expect it
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly Encoding _western = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
    private static readonly SearchValues<char> _labelEnds = SearchValues.Create("\"' ;/>?\t\r\n");
    private static readonly UTF8Encoding _strictUtf8 = new(false, throwOnInvalidBytes: true);

    public static string Decode(ReadOnlySpan<byte> body, string? charset, bool isPlain)
    {
        if (body.StartsWith(Encoding.UTF8.Preamble)) return Encoding.UTF8.GetString(body[3..]);
        if (body.StartsWith(Encoding.Unicode.Preamble)) return Encoding.Unicode.GetString(body[2..]);
        if (body.StartsWith(Encoding.BigEndianUnicode.Preamble)) return Encoding.BigEndianUnicode.GetString(body[2..]);

        var encoding = Find(charset) ?? (isPlain ? null : Declared(body));
        if (encoding is not null) return encoding.GetString(body);
        try
        {
            return _strictUtf8.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return _western.GetString(body);
        }
    }

    // A page that can say so in ASCII is not in UTF-16, whatever it says.
    private static Encoding? Declared(ReadOnlySpan<byte> body)
    {
        var head = Encoding.Latin1.GetString(body[..Math.Min(body.Length, Looked)]);
        for (var at = 0; (at = Next(head, at, out var label)) >= 0;)
        {
            if (Find(label) is not { } encoding) continue;
            return encoding.CodePage is 1200 or 1201 or 12000 or 12001 ? Encoding.UTF8 : encoding;
        }
        return null;
    }

    // <meta charset="…">, <meta content="text/html; charset=…"> and <?xml encoding="…"?> alike.
    private static int Next(string head, int from, out string label)
    {
        label = "";
        var charset = head.IndexOf("charset", from, StringComparison.OrdinalIgnoreCase);
        var xml = from == 0 && head.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase)
            ? head.IndexOf("encoding", StringComparison.OrdinalIgnoreCase)
            : -1;
        var at = xml >= 0 && xml < head.IndexOf("?>", StringComparison.Ordinal) ? xml : charset;
        if (at < 0) return -1;

        var value = head.AsSpan(at + (at == xml ? "encoding".Length : "charset".Length)).TrimStart();
        if (value.StartsWith("="))
        {
            value = value[1..].TrimStart().TrimStart("\"'");
            var end = value.IndexOfAny(_labelEnds);
            label = (end < 0 ? value : value[..end]).ToString();
        }
        return at + 1;
    }

    private static Encoding? Find(string? label)
    {
        if (string.IsNullOrWhiteSpace(label)) return null;
        var name = _labels.GetValueOrDefault(label.Trim(), label.Trim());
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null; // a name nobody knows
        }
    }
}
