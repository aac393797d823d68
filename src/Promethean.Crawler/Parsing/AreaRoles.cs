using System.Collections.Frozen;
using AngleSharp.Dom;

namespace Promethean.Crawler;

/// <summary>Reads what elements are for from their names, roles and classes.</summary>
internal static class AreaRoles
{
    private static readonly FrozenSet<string> _blocks = FrozenSet.Create(StringComparer.Ordinal,
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "li",
        "main", "menu", "nav", "ol", "p", "pre", "search", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul");

    private static readonly FrozenSet<string> _sections = FrozenSet.Create(StringComparer.Ordinal,
        "html", "body", "div", "section", "article", "main", "form", "fieldset", "center", "table", "tbody", "tr");

    // Never text of the page, whatever is in them.
    private static readonly FrozenSet<string> _silent = FrozenSet.Create(StringComparer.Ordinal,
        "script", "style", "template", "head", "nav", "footer", "svg", "math", "button", "select", "textarea", "datalist", "object", "embed",
        "iframe", "frame", "audio", "video", "canvas", "map", "dialog", "menu", "search", "noframes");

    private static readonly FrozenSet<string> _silentRoles = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "navigation", "banner", "contentinfo", "search", "menu", "menubar", "toolbar", "dialog", "alertdialog");

    // Words of class and id names, split at everything that is no letter.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _suspects = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "nav", "navbar", "navheader", "navfooter", "navigation", "docnav", "topnav", "menu", "sidebar", "breadcrumb", "breadcrumbs", "toc",
        "footer", "masthead", "banner", "header", "pagination", "pager", "share", "social", "cookie", "cookies", "consent", "advert", "ads",
        "promo", "newsletter", "subscribe", "related", "skip", "login", "modal", "popup", "search", "toolbar", "comments", "footnav", "edit",
        "headerlink", "sphinxsidebar", "navlinks", "prevnext").GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool IsBlock(string name) => _blocks.Contains(name);

    /// <summary>Whether an element may hold a whole text: a section of a page, not a paragraph.</summary>
    public static bool IsSection(string name) => _sections.Contains(name);

    /// <summary>Whether nothing inside is text for readers of this page.</summary>
    public static bool IsSilent(IElement element, bool inContent)
    {
        var name = element.LocalName;
        return _silent.Contains(name)
            || (name is "header" or "aside" && !inContent)
            || (element.GetAttribute("role") is { } role && _silentRoles.Contains(role))
            || HiddenContent.IsHidden(element);
    }

    public static AreaRole Of(IElement element) => element.LocalName switch
    {
        "main" => AreaRole.Main,
        "article" => AreaRole.Article,
        "html" or "body" => AreaRole.Neutral,
        _ when PageText.HasToken(element.GetAttribute("role"), "main") => AreaRole.Main,
        _ when IsSuspect(element.GetAttribute("class")) || IsSuspect(element.GetAttribute("id")) => AreaRole.Suspect,
        _ => AreaRole.Neutral,
    };

    private static bool IsSuspect(ReadOnlySpan<char> names)
    {
        var start = -1;
        for (var i = 0; i <= names.Length; i++)
        {
            var isLetter = i < names.Length && char.IsAsciiLetter(names[i]);
            if (isLetter && start < 0) start = i;
            if (isLetter || start < 0) continue;
            if (_suspects.Contains(names[start..i])) return true;
            start = -1;
        }
        return false;
    }
}
