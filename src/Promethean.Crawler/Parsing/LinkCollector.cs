using System.Text;
using AngleSharp.Dom;

namespace Promethean.Crawler;

/// <summary>Gathers a page's links, each target once.</summary>
internal sealed class LinkCollector(Uri baseUrl, bool pageNoFollow)
{
    // No page written for people has more; a page that has is a trap.
    private const int MaxLinks = 10_000;
    private const int LongestAnchor = 500;
    private const int MaxAnchorNodes = 256;

    private readonly OrderedDictionary<Uri, PageLink> _links = [];

    public void Add(IElement anchor)
    {
        var href = anchor.GetAttribute("href");
        if (href is null || href.StartsWith('#') || Resolve(baseUrl, href) is not { } target) return;

        var rel = anchor.GetAttribute("rel")?.Trim().ToLowerInvariant() ?? "";
        var noFollow = pageNoFollow || PageText.HasToken(rel, "nofollow");
        if (!_links.TryGetValue(target, out var known))
        {
            if (_links.Count < MaxLinks) _links.Add(target, new PageLink(target, TextOf(anchor), rel, noFollow));
            return;
        }
        // Of several mentions, any text is better than none, and one that may be followed is enough.
        var text = known.AnchorText.Length > 0 ? known.AnchorText : TextOf(anchor);
        if (text != known.AnchorText || (known.NoFollow && !noFollow))
            _links[target] = known with { AnchorText = text, NoFollow = known.NoFollow && noFollow };
    }

    public IReadOnlyList<PageLink> ToList() => [.. _links.Values];

    /// <summary>The absolute http or https URL without fragment that a reference means, or null.</summary>
    public static Uri? Resolve(Uri baseUrl, string? reference) =>
        reference is not null
        && Uri.TryCreate(baseUrl, UrlText.StripBreaks(reference), out var target)
        && target.Scheme is "http" or "https"
            ? UrlText.AsFetched(target)
            : null;

    // Looks at the beginning of the anchor alone: anchors may lie in anchors, and the whole page in each.
    private static string TextOf(IElement anchor)
    {
        var text = new StringBuilder();
        string? image = null;
        var nodes = 0;
        foreach (var node in anchor.GetDescendants())
        {
            if (++nodes > MaxAnchorNodes || text.Length >= LongestAnchor) break;
            if (node is IText { Data: var data }) PageText.AppendCollapsed(text, data.AsSpan(0, Math.Min(data.Length, LongestAnchor * 4)));
            else if (node is IElement { LocalName: "img" } element) image ??= element.GetAttribute("alt");
        }

        var found = text.Length > LongestAnchor ? text.ToString(0, LongestAnchor) : text.ToString();
        found = found.TrimEnd(' ');
        return found.Length > 0 ? found : Shortened(PageText.Collapse(image ?? anchor.GetAttribute("title") ?? ""));
    }

    private static string Shortened(string text) => text.Length > LongestAnchor ? text[..LongestAnchor] : text;
}
