namespace Promethean.Crawler;

/// <summary>Reads pages that are plain text: paragraphs as lines, the first line as title.</summary>
internal static class PlainTextPage
{
    private const int LongestTitle = 120;

    public static ParsedPage Read(string text, RobotsDirectives directives)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var kept = lines.Select(line => string.Concat(line.TrimEnd().Select(c => char.IsControl(c) && c != '\t' ? '\ufffd' : c)))
            .Where(line => line.Length > 0)
            .ToList();
        var title = kept.Count == 0 ? "" : kept[0].Trim();
        return new ParsedPage
        {
            Title = title.Length > LongestTitle ? title[..LongestTitle].TrimEnd() : title,
            Text = string.Join('\n', kept),
            Links = [],
            NoIndex = directives.NoIndex,
            NoFollow = directives.NoFollow,
        };
    }
}
