using System.Collections.Frozen;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens.Struct;

namespace Promethean.Crawler;

/// <summary>
/// Reads pages: links, language, robots directives, and the main text without menus and hidden content. One pass of
/// AngleSharp over the page, one walk over what it built; both linear in the page, whatever it holds.
/// </summary>
/// <remarks>
/// Safe for concurrent use. Any bytes give a page; nothing in a page is run or fetched. Hidden text (<c>hidden</c>,
/// <c>aria-hidden</c>, <c>display:none</c>, zero size, off screen) is left out, since what a reader cannot see should not
/// speak to a model that summarises.
/// </remarks>
public sealed class HtmlPageParser
{
    // All that is read of a page; the rest is not even copied.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _attributes = FrozenSet.Create(StringComparer.Ordinal,
        "href", "rel", "name", "property", "content", "lang", "xml:lang", "http-equiv", "alt", "title", "id", "class", "role", "style", "hidden",
        "aria-hidden").GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly string _productToken;

    /// <summary>Makes a parser.</summary>
    /// <param name="productToken">The crawler's name, by which robots directives may address it alone (<see cref="FetchOptions.ProductToken"/>).</param>
    public HtmlPageParser(string productToken = "PrometheanCrawler")
    {
        ArgumentException.ThrowIfNullOrEmpty(productToken);
        _productToken = productToken;
    }

    /// <summary>Reads one page.</summary>
    /// <param name="body">The bytes of the page, decompressed.</param>
    /// <param name="charset">The character set the server named, or null; a byte-order mark outranks it, the page's own word comes after it.</param>
    /// <param name="mediaType">The media type; <c>text/plain</c> is read as lines, anything else as HTML.</param>
    /// <param name="baseUrl">The address of the page, absolute, that links are resolved against unless the page names another.</param>
    /// <param name="robotsTags">The values of <c>X-Robots-Tag</c>, or null.</param>
    /// <returns>What the page says. Never throws for foreign bytes.</returns>
    public ParsedPage Parse(
        ReadOnlyMemory<byte> body, string? charset, string mediaType, Uri baseUrl, IReadOnlyList<string>? robotsTags = null)
    {
        ArgumentNullException.ThrowIfNull(mediaType);
        ArgumentNullException.ThrowIfNull(baseUrl);
        var directives = new RobotsDirectives(_productToken);
        foreach (var header in robotsTags ?? []) directives.AddHeader(header);

        var isPlain = mediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase);
        var text = PageEncoding.Decode(body.Span, charset, isPlain);
        if (isPlain) return PlainTextPage.Read(text, directives);

        using var document = Build(text);
        return Read(document, baseUrl, directives);
    }

    // A page that nests past all reason is read up to there.
    private static IHtmlDocument Build(string text)
    {
        while (true)
        {
            try
            {
                return new HtmlParser(CreateOptions()).ParseDocument(text);
            }
            catch (NestingException e)
            {
                text = text[..Math.Clamp(e.Position, 0, text.Length - 1)];
            }
        }
    }

    private static HtmlParserOptions CreateOptions() => new()
    {
        IsScripting = false,
        SkipComments = true,
        SkipScriptText = true,
        SkipRawText = true,
        SkipProcessingInstructions = true,
        ShouldEmitAttribute = static (ref StructHtmlToken _, ReadOnlyMemory<char> name) => _attributes.Contains(name.Span),
        OnCreated = new NestingGuard().Check,
    };

    private static ParsedPage Read(IHtmlDocument document, Uri baseUrl, RobotsDirectives directives)
    {
        var head = PageHead.Read(document, baseUrl, directives);
        var walk = new PageWalk(new LinkCollector(head.BaseUrl, directives.NoFollow));
        if (document.DocumentElement is { } root) walk.Visit(root);
        return new ParsedPage
        {
            Title = head.Title.Length > 0 ? head.Title : walk.FirstHeading,
            Lang = head.Lang,
            Text = MainText.Extract(walk.Areas, walk.Blocks),
            Links = walk.Links.ToList(),
            NoIndex = directives.NoIndex,
            NoFollow = directives.NoFollow,
            Canonical = head.Canonical,
        };
    }
}
