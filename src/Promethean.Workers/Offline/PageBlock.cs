namespace Promethean.Workers;

/// <summary>
/// What an offline model reads of a prompt: the lines between one that starts with <c>&lt;page </c> and the next that is
/// <c>&lt;/page&gt;</c>; the whole prompt where there is no such block.
/// </summary>
internal static class PageBlock
{
    public static string Of(string prompt)
    {
        var text = prompt.AsSpan();
        for (var line = 0; line < text.Length; line = EndOfLine(text, line) + 1)
        {
            if (!text[line..].StartsWith("<page ", StringComparison.Ordinal)) continue;
            var from = Math.Min(EndOfLine(text, line) + 1, text.Length);
            return prompt[from..EndOfBlock(text, from)];
        }

        return prompt;
    }

    // A block that is never closed goes on to the end.
    private static int EndOfBlock(ReadOnlySpan<char> text, int from)
    {
        for (var line = from; line < text.Length; line = EndOfLine(text, line) + 1)
        {
            if (text[line..].StartsWith("</page>", StringComparison.Ordinal)) return line;
        }

        return text.Length;
    }

    private static int EndOfLine(ReadOnlySpan<char> text, int from)
    {
        var length = text[from..].IndexOf('\n');
        return length < 0 ? text.Length : from + length;
    }
}
