using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using AngleSharp.Html.Parser;

namespace Promethean.Crawler.Bench;

/// <summary>The least that can be called a crawl: fetch, parse, hash. No robots, no limits, nothing stored: the yardstick.</summary>
internal static class BareLoop
{
    private const int Workers = 16;

    public static async Task RunAsync(Uri seed)
    {
        using var http = new HttpClient();
        var parser = new HtmlParser();
        var seen = new ConcurrentDictionary<string, bool>();
        var queue = Channel.CreateBounded<Uri>(1_000_000);
        seen[seed.AbsoluteUri] = true;
        queue.Writer.TryWrite(seed);
        var open = 1;
        var hashed = 0;

        async Task WorkAsync()
        {
            await foreach (var url in queue.Reader.ReadAllAsync())
            {
                var body = await http.GetByteArrayAsync(url);
                Interlocked.Add(ref hashed, SHA256.HashData(body).Length);
                using var document = parser.ParseDocument(new MemoryStream(body));
                foreach (var link in document.QuerySelectorAll("a[href]"))
                {
                    var target = new Uri(url, link.GetAttribute("href"));
                    if (seen.TryAdd(target.AbsoluteUri, true))
                    {
                        Interlocked.Increment(ref open);
                        queue.Writer.TryWrite(target);
                    }
                }

                if (Interlocked.Decrement(ref open) == 0)
                {
                    queue.Writer.Complete();
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync()));
        Console.Error.WriteLine($"{seen.Count} pages, {hashed} bytes of hashes");
    }
}
