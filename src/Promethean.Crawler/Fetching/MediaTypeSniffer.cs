using System.Text;

namespace Promethean.Crawler;

/// <summary>Guesses the media type of a body whose server named none (after WHATWG MIME Sniffing, 7.1).</summary>
internal static class MediaTypeSniffer
{
    private const int Looked = 1445;

    private static readonly string[] _htmlStarts =
    [
        "<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<link", "<h1", "<div", "<p", "<a", "<table", "<script", "<style",
        "<br", "<font", "<b", "<iframe", "<!--",
    ];

    public static string Sniff(ReadOnlySpan<byte> body)
    {
        var head = body[..Math.Min(body.Length, Looked)];
        if (head.StartsWith(Encoding.UTF8.Preamble)) head = head[Encoding.UTF8.Preamble.Length..];
        var start = head.TrimStart(" \t\r\n\f"u8);
        foreach (var tag in _htmlStarts)
            if (Begins(start, tag)) return "text/html";
        if (Begins(start, "<?xml")) return head.IndexOf("http://www.w3.org/1999/xhtml"u8) >= 0 ? "application/xhtml+xml" : "text/xml";
        return IsBinary(head) ? "application/octet-stream" : "text/plain";
    }

    private static bool Begins(ReadOnlySpan<byte> bytes, string tag)
    {
        if (bytes.Length <= tag.Length || !Ascii.EqualsIgnoreCase(bytes[..tag.Length], tag)) return false;
        return tag is "<!--" or "<?xml" || bytes[tag.Length] is (byte)' ' or (byte)'>' or (byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'/';
    }

    private static bool IsBinary(ReadOnlySpan<byte> head)
    {
        foreach (var b in head)
            if (b is < 0x09 or 0x0b or (>= 0x0e and <= 0x1a) or (>= 0x1c and <= 0x1f)) return true;
        return false;
    }
}
