using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Promethean.Crawler.Bench;

/// <summary>Pages of about 20 kB with 40 links each, made ahead so that serving them costs next to nothing.</summary>
internal static class BenchSite
{
    private const int LinksPerPage = 40;
    private const int BytesPerPage = 20_000;
    private static readonly string[] Words = ["harbour", "observatory", "railway", "glass", "garden", "copper", "storm", "festival", "bridge", "river", "lantern", "archive", "market", "orchard", "signal", "voyage"];

    /// <summary>Serves on a free loopback port, prints it, and ends when stdin does.</summary>
    public static async Task ServeAsync(int pages)
    {
        var random = new Random(1);
        var bodies = Enumerable.Range(0, pages).Select(page => Encoding.UTF8.GetBytes(Page(page, pages, random))).ToArray();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapGet("/robots.txt", () => "User-agent: *\nAllow: /\n");
        app.MapGet("/p{page:int}.html", (int page) => page < pages ? Results.Bytes(bodies[page], "text/html; charset=utf-8") : Results.NotFound());
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await Console.In.ReadLineAsync();
    }

    private static string Page(int number, int pages, Random random)
    {
        var text = new StringBuilder(BytesPerPage + 200);
        text.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang=\"en\"><head><title>Page {number}</title></head><body><main><h1>Page {number}</h1><ul>");
        for (var link = 0; link < LinksPerPage; link++)
        {
            var target = link == 0 ? (number + 1) % pages : random.Next(pages);
            text.Append(CultureInfo.InvariantCulture, $"<li><a href=\"/p{target}.html\">the {Words[random.Next(Words.Length)]} of part {target}</a></li>");
        }

        text.Append("</ul>");
        while (text.Length < BytesPerPage)
        {
            text.Append("<p>");
            for (var sentence = 0; sentence < 4; sentence++)
            {
                text.Append(CultureInfo.InvariantCulture, $"In {random.Next(1600, 1990)} the {Words[random.Next(Words.Length)]} of the {Words[random.Next(Words.Length)]} was kept beside the {Words[random.Next(Words.Length)]}. ");
            }

            text.Append("</p>");
        }

        return text.Append("</main></body></html>").ToString();
    }
}
