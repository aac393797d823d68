using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Promethean.Crawler;

/// <summary>What a page says about itself in its head.</summary>
internal sealed record PageHead(string Title, string? Lang, Uri BaseUrl, Uri? Canonical)
{
    // Metadata outside the head counts too: parsers move much of it into the body when the head is malformed.
    public static PageHead Read(IHtmlDocument document, Uri pageUrl, RobotsDirectives directives)
    {
        string? title = null, socialTitle = null, lang = null, canonical = null, baseHref = null;
        foreach (var element in document.QuerySelectorAll("title, meta, link, base"))
        {
            switch (element.LocalName)
            {
                case "title" when element.NamespaceUri == NamespaceNames.HtmlUri:
                    title ??= PageText.Collapse(element.TextContent);
                    break;
                case "base":
                    baseHref ??= element.GetAttribute("href");
                    break;
                case "link" when PageText.HasToken(element.GetAttribute("rel"), "canonical"):
                    canonical ??= element.GetAttribute("href");
                    break;
                case "meta":
                    var content = element.GetAttribute("content") ?? "";
                    directives.AddMeta(element.GetAttribute("name") ?? "", content);
                    if (Is(element, "property", "og:title")) socialTitle ??= PageText.Collapse(content);
                    if (Is(element, "http-equiv", "content-language")) lang ??= content;
                    break;
            }
        }

        var root = document.DocumentElement;
        lang = root?.GetAttribute("lang") ?? root?.GetAttribute("xml:lang") ?? lang;
        var baseUrl = LinkCollector.Resolve(pageUrl, baseHref) ?? pageUrl;
        return new PageHead(
            string.IsNullOrEmpty(title) ? socialTitle ?? "" : title,
            string.IsNullOrWhiteSpace(lang) ? null : lang.Split(',')[0].Trim(),
            baseUrl,
            LinkCollector.Resolve(baseUrl, canonical));
    }

    private static bool Is(IElement element, string attribute, string value) =>
        string.Equals(element.GetAttribute(attribute), value, StringComparison.OrdinalIgnoreCase);
}
