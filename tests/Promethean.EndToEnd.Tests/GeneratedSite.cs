using System.Globalization;
using System.Text;

namespace Promethean.EndToEnd.Tests;

/// <summary>Writes a site of prose pages whose shape follows from a seed.</summary>
internal static class GeneratedSite
{
    private static readonly string[] Subjects = ["the harbour", "a lighthouse", "the river ferry", "an old observatory", "the mountain railway", "a glass workshop", "the botanical garden", "a paper mill"];
    private static readonly string[] Verbs = ["was rebuilt after", "is remembered for", "still depends on", "drew its visitors through", "survived", "changed the town by"];
    private static readonly string[] Objects = ["the great storm", "a careful restoration", "the trade in copper", "its winter festivals", "long years of neglect", "a bridge of seven arches", "the arrival of electric light"];
    private static readonly string[] Places = ["Aldermoor", "Brackwater", "Castleford", "Dunmere", "Eastholm", "Fennick", "Greywick", "Hallow Bay"];

    public static int Pages => 130;

    public static void Write(string folder, int seed)
    {
        var random = new Random(seed);
        Directory.CreateDirectory(Path.Combine(folder, "private"));
        File.WriteAllText(Path.Combine(folder, "robots.txt"), "User-agent: *\nDisallow: /private/\n");
        File.WriteAllText(Path.Combine(folder, "private", "secret.html"), Page(random, -1, "<a href=\"/p1.html\">back</a>"));
        for (var page = 0; page < Pages; page++)
        {
            var links = new StringBuilder();
            // The next page is always linked, so every page can be reached; the others make it a web.
            foreach (var target in new[] { (page + 1) % Pages, random.Next(Pages), random.Next(Pages), random.Next(Pages) })
            {
                links.Append(CultureInfo.InvariantCulture, $"<li><a href=\"{Name(target)}?utm_source=nav\">More of part {target}</a></li>");
            }

            links.Append("<li><a href=\"/private/secret.html\">Not for robots</a></li>");
            File.WriteAllText(Path.Combine(folder, page == 0 ? "index.html" : Name(page)), Page(random, page, $"<ul>{links}</ul>"));
        }
    }

    private static string Name(int page) => page == 0 ? "/" : $"p{page}.html";

    private static string Page(Random random, int number, string links)
    {
        var text = new StringBuilder();
        for (var paragraph = 0; paragraph < 4; paragraph++)
        {
            text.Append("<p>");
            for (var sentence = 0; sentence < 4; sentence++)
            {
                text.Append(CultureInfo.InvariantCulture, $"In {Pick(random, Places)}, {Pick(random, Subjects)} {Pick(random, Verbs)} {Pick(random, Objects)} in {random.Next(1600, 1990)}. ");
            }

            text.Append("</p>");
        }

        return $"<!doctype html><html lang=\"en\"><head><title>Part {number}: {Pick(random, Places)}</title></head>"
            + $"<body><nav><a href=\"/\">Home</a></nav><main><h1>Part {number}</h1>{text}{links}</main></body></html>";
    }

    private static string Pick(Random random, string[] words) => words[random.Next(words.Length)];
}
