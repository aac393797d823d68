using System.Globalization;
using System.Text;

namespace Promethean.Crawler.Tests;

/// <summary>A site of 60 pages that form a web, with one of each thing a crawler meets; it knows its own graph.</summary>
internal sealed class SmallSite
{
    public const int Pages = 60;

    private static readonly string[] _words = ["harbour", "observatory", "railway", "glass", "garden", "copper", "storm", "festival", "bridge", "river", "lantern", "archive"];

    private readonly HashSet<string> _edges = [];

    public SmallSite(TestWeb web, int seed, string origin = "http://site.test")
    {
        Origin = origin;
        var random = new Random(seed);
        web.Page(origin + "/robots.txt", "User-agent: *\nDisallow: /private/\n", "text/plain");
        web.Page(origin + "/private/secret", Html("Secret", "Nobody may read this.", ""));
        for (var page = 0; page < Pages; page++) web.Page(Url(page), Html($"Page {page}", Prose(random, page), Links(random, page)));

        // The same words under two addresses: two nodes, counted as duplicates.
        web.Page(origin + "/twin-a", Html("Twin", "Two pages with the very same words about the harbour garden.", ""));
        web.Page(origin + "/twin-b", Html("Twin", "Two pages with the very same words about the harbour garden.", ""));
        web.Redirect(origin + "/old", "/hop");
        web.Redirect(origin + "/hop", "/p5");
        web.Redirect(origin + "/out", "http://elsewhere.test/");
        web.Redirect(origin + "/round-a", "/round-b");
        web.Redirect(origin + "/round-b", "/round-a");
        web.Page(origin + "/print/7", Html("Print", "Printed words of page seven.", "<a href=\"/p8\">eight</a>", $"<link rel=\"canonical\" href=\"{Url(7)}\">"));
        web.Page(origin + "/hidden", Html("Hidden", "Words that must not be found by any search.", "", "<meta name=\"robots\" content=\"noindex\">"));
        web.Page(origin + "/blank", "<html><head><title>Blank</title></head><body></body></html>");
        web.Page(origin + "/data", "{}", "application/json");
        web.Page(origin + "/unfollowed", Html("Unfollowed", "Nobody follows here.", ""));
        AddExtras();
    }

    public string Origin { get; }

    public string Seed => Url(0);

    /// <summary>Pages that are stored: the web's, both twins, the hidden and the blank one.</summary>
    public static int Stored => Pages + 4;

    /// <summary>Pages that are summarised, tagged and found.</summary>
    public static int Found => Pages + 2;

    /// <summary>Every edge as <c>from to</c>, redirects and canonical addresses resolved.</summary>
    public IReadOnlySet<string> Edges => _edges;

    public string Url(int page) => $"{Origin}/p{page}";

    public static string Html(string title, string text, string links, string head = "") =>
        $"<!doctype html><html lang=\"en\"><head><title>{title}</title>{head}</head><body><main><h1>{title}</h1><p>{text}</p>{links}</main></body></html>";

    public static string Prose(Random random, int page)
    {
        var text = new StringBuilder();
        for (var sentence = 0; sentence < 5; sentence++)
        {
            text.Append(CultureInfo.InvariantCulture, $"In {random.Next(1500, 2000)} the {Word()} of the {Word()} number {page} was rebuilt beside the {Word()}. ");
        }

        return text.ToString();

        string Word() => _words[random.Next(_words.Length)];
    }

    private string Links(Random random, int page)
    {
        var links = new StringBuilder();
        foreach (var target in new[] { (page + 1) % Pages, random.Next(Pages), random.Next(Pages) })
        {
            links.Append(CultureInfo.InvariantCulture, $"<a href=\"/p{target}?utm_source=nav\">part {target}</a> ");
            _edges.Add($"{Url(page)} {Url(target)}");
        }

        if (page == 3)
        {
            links.Append("<a href=\"/twin-a\">a</a><a href=\"/twin-b\">b</a><a href=\"/old\">old</a><a href=\"/out\">out</a><a href=\"/round-a\">round</a>");
            links.Append("<a href=\"/print/7\">print</a><a href=\"/hidden\">hidden</a><a href=\"/blank\">blank</a><a href=\"/data\">data</a><a href=\"/gone\">gone</a>");
            links.Append("<a href=\"/private/secret\">secret</a><a rel=\"nofollow\" href=\"/unfollowed\">no</a><a href=\"http://elsewhere.test/x\">away</a><a href=\"/manual.pdf\">pdf</a>");
        }

        return links.ToString();
    }

    private void AddExtras()
    {
        foreach (var target in new[] { "/twin-a", "/twin-b", "/out", "/hidden", "/blank", "/data", "/gone", "/private/secret", "/unfollowed", "/round-a" })
            _edges.Add($"{Url(3)} {Origin}{target}");
        _edges.Add($"{Url(3)} {Url(5)}");
        _edges.Add($"{Url(3)} {Url(7)}");
        _edges.Add($"{Url(3)} http://elsewhere.test/x");
    }
}
