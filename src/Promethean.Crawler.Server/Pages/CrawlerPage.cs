using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Promethean.Crawler.Server;

/// <summary>The page at <c>/</c>: one file, nothing from elsewhere, and a policy that lets the browser run only its own script.</summary>
internal sealed class CrawlerPage
{
    private readonly byte[] _html;
    private readonly string _policy;

    public CrawlerPage()
    {
        using var stream = typeof(CrawlerPage).Assembly.GetManifestResourceStream("crawler.html")!;
        _html = new byte[stream.Length];
        stream.ReadExactly(_html);
        var text = Encoding.UTF8.GetString(_html);
        _policy = $"default-src 'none'; script-src '{Hash(text, "script")}'; style-src '{Hash(text, "style")}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    public async Task AnswerAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = _policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.Body.WriteAsync(_html, context.RequestAborted).ConfigureAwait(false);
    }

    // CSP level 3, 2.3.1: the hash of what stands between the tags, byte for byte.
    private static string Hash(string html, string element)
    {
        var from = html.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        var to = html.IndexOf($"</{element}>", from, StringComparison.Ordinal);
        return "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(html[from..to])));
    }
}
