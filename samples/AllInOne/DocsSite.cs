using System.Security.Cryptography;
using Markdig;
using Microsoft.Net.Http.Headers;

namespace AllInOne;

/// <summary>This repository's Markdown as a small web site on loopback: something real to crawl without a network.</summary>
/// <remarks>Paths are the files' own, so that relative links work unchanged; a folder answers with its README.</remarks>
internal sealed class DocsSite(WebApplication app) : IAsyncDisposable
{
    private static readonly MarkdownPipeline Markdown = new MarkdownPipelineBuilder().UseAdvancedExtensions().Build();

    /// <summary>Where it answers.</summary>
    public Uri Address => new(app.Urls.Single());

    /// <summary>Starts serving the Markdown files copied beside the program.</summary>
    public static async Task<DocsSite> StartAsync(int port, CancellationToken cancellationToken)
    {
        var root = Path.Combine(AppContext.BaseDirectory, "site");
        var app = HostBuilding.NewBuilder(port).LeaveSignals().Build();
        app.MapGet("/robots.txt", () => "User-agent: *\nAllow: /\n");
        app.MapGet("/{**path}", (string? path) => Answer(root, path ?? ""));
        await app.ListenAsync("--docs-port", cancellationToken);
        return new DocsSite(app);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static IResult Answer(string root, string path)
    {
        var file = Path.GetFullPath(Path.Combine(root, path));
        if (Directory.Exists(file))
        {
            file = Path.Combine(file, "README.md");
        }

        if (!file.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(file))
        {
            return Results.NotFound();
        }

        if (Path.GetExtension(file) is ".json")
        {
            return Results.File(file, "application/schema+json");
        }

        var text = File.ReadAllText(file);
        var title = text.Split('\n', 2)[0].TrimStart('#', ' ');
        // A folder without its slash would make the browser resolve links one level too high.
        var place = Path.GetRelativePath(root, file).Replace('\\', '/');
        var html = $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>{System.Net.WebUtility.HtmlEncode(title)}</title><base href="/{place}"></head>
            <body><main>{Markdig.Markdown.ToHtml(text, Markdown)}</main></body></html>
            """;
        var bytes = System.Text.Encoding.UTF8.GetBytes(html);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"");
        return Results.Bytes(bytes, "text/html; charset=utf-8", entityTag: tag);
    }
}
