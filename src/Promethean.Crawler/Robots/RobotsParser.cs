using System.Globalization;
using System.Text;

namespace Promethean.Crawler;

// RFC 9309, 2.2, as files in the wild spell it:
//   robots    = *(group / other)
//   group     = 1*("user-agent" ":" token) *(("allow" / "disallow") ":" pattern / "crawl-delay" ":" seconds)
//   other     = "sitemap" ":" url / anything else, which neither begins nor ends a group
//   a "#" begins a comment; lines end with CR, LF or both; names ignore case.
/// <summary>Reads robots.txt files.</summary>
internal static class RobotsParser
{
    /// <summary>What is read at most of a file: the least a crawler must read (RFC 9309, 2.5).</summary>
    public const int MaxBytes = 500 * 1024;

    private static readonly TimeSpan _longestDelay = TimeSpan.FromDays(1);

    public static RobotsRules Parse(ReadOnlySpan<byte> content, string productToken, Uri robotsUrl)
    {
        var ours = new Group();
        var anyones = new Group();
        var sitemaps = new OrderedDictionary<string, Uri>();
        bool forUs = false, forAnyone = false, naming = false;

        foreach (var line in Text(content).AsSpan().EnumerateLines())
        {
            if (!TrySplit(line, out var name, out var value)) continue;
            if (Is(name, "user-agent") || Is(name, "useragent"))
            {
                if (!naming) (forUs, forAnyone, naming) = (false, false, true);
                var token = Token(value);
                forAnyone |= token is "*";
                forUs |= token.Equals(productToken, StringComparison.OrdinalIgnoreCase);
                ours.Named |= forUs;
            }
            else if (Is(name, "allow") || Is(name, "disallow"))
            {
                naming = false;
                if (value.Length == 0) continue;
                var rule = new RobotsRule(Is(name, "allow"), value.ToString());
                if (forUs) ours.Rules.Add(rule);
                if (forAnyone) anyones.Rules.Add(rule);
            }
            else if (Is(name, "crawl-delay"))
            {
                naming = false;
                if (Delay(value) is not { } delay) continue;
                if (forUs) ours.CrawlDelay ??= delay;
                if (forAnyone) anyones.CrawlDelay ??= delay;
            }
            else if (Is(name, "sitemap") && value.Length > 0 && Uri.TryCreate(robotsUrl, value.ToString(), out var sitemap)
                && sitemap.Scheme is "http" or "https")
            {
                sitemaps.TryAdd(sitemap.AbsoluteUri, sitemap);
            }
        }

        var group = ours.Named ? ours : anyones;
        return new RobotsRules(group.Rules, group.CrawlDelay, [.. sitemaps.Values]);
    }

    private static string Text(ReadOnlySpan<byte> content)
    {
        if (content.Length > MaxBytes)
        {
            // A rule cut in half could allow more than was meant: the last line goes.
            content = content[..MaxBytes];
            content = content[..(content.LastIndexOfAny((byte)'\n', (byte)'\r') + 1)];
        }
        if (content.StartsWith(Encoding.UTF8.Preamble)) content = content[Encoding.UTF8.Preamble.Length..];
        return Encoding.UTF8.GetString(content);
    }

    private static bool TrySplit(ReadOnlySpan<char> line, out ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        name = value = default;
        if (line.IndexOf('#') is var comment and >= 0) line = line[..comment];
        var colon = line.IndexOf(':');
        if (colon < 0) return false;
        name = line[..colon].Trim();
        value = line[(colon + 1)..].Trim();
        return name.Length > 0;
    }

    private static ReadOnlySpan<char> Token(ReadOnlySpan<char> value) =>
        value.IndexOfAny("/ \t") is var end and >= 0 ? value[..end] : value;

    private static bool Is(ReadOnlySpan<char> name, string expected) => name.Equals(expected, StringComparison.OrdinalIgnoreCase);

    private static TimeSpan? Delay(ReadOnlySpan<char> value)
    {
        if (!double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || double.IsNaN(seconds)) return null;
        return seconds >= _longestDelay.TotalSeconds ? _longestDelay : TimeSpan.FromSeconds(seconds);
    }

    private sealed class Group
    {
        public List<RobotsRule> Rules { get; } = [];

        public TimeSpan? CrawlDelay { get; set; }

        public bool Named { get; set; }
    }
}
