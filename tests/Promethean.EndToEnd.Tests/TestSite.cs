using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace Promethean.EndToEnd.Tests;

/// <summary>A folder of files on loopback, as any static file server gives it: validators, ranges, conditional requests.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, int Status)> _answers;

    private TestSite(WebApplication app, ConcurrentQueue<(string Path, int Status)> answers)
    {
        _app = app;
        _answers = answers;
    }

    public Uri Address => new(_app.Urls.Single());

    public IReadOnlyList<(string Path, int Status)> Answers => [.. _answers];

    public static async Task<TestSite> StartAsync(string folder, Func<HttpContext, RequestDelegate, Task>? before = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var answers = new ConcurrentQueue<(string, int)>();
        app.Use(async (context, next) =>
        {
            await next(context);
            answers.Enqueue((context.Request.Path, context.Response.StatusCode));
        });
        if (before is not null)
        {
            app.Use((context, next) => before(context, next));
        }

        app.UseFileServer(new FileServerOptions { FileProvider = new PhysicalFileProvider(folder) });
        await app.StartAsync();
        return new TestSite(app, answers);
    }

    public void Forget() => _answers.Clear();

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
