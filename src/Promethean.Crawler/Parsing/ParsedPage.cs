namespace Promethean.Crawler;

/// <summary>What a page says, to a reader and to a crawler.</summary>
public sealed record ParsedPage
{
    /// <summary>The title, white space collapsed; empty where the page has none.</summary>
    public required string Title { get; init; }

    /// <summary>The language the page declares, as a BCP 47 tag, or null.</summary>
    public string? Lang { get; init; }

    /// <summary>The main readable text: one paragraph a line, without menus, scripts and hidden content.</summary>
    public required string Text { get; init; }

    /// <summary>The links in document order, each target once, the first mention kept.</summary>
    public required IReadOnlyList<PageLink> Links { get; init; }

    /// <summary>Whether the page asks to be kept out of indexes (meta robots or <c>X-Robots-Tag</c>).</summary>
    public bool NoIndex { get; init; }

    /// <summary>Whether the page asks that none of its links be followed.</summary>
    public bool NoFollow { get; init; }

    /// <summary>The address the page calls its own (<c>rel=canonical</c>), absolute http or https, or null.</summary>
    public Uri? Canonical { get; init; }
}
