using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server.Tests;

/// <summary>The examples of the two packages' READMEs, word for word; what they print is handed back.</summary>
internal static class ReadmeExamples
{
    /// <summary>What went over the wire, but for the first example, which is all of its application.</summary>
    public static RecordedFrames Frames { get; } = new();

    public static async Task<string> ServeAsync()
    {
        var Console = new Printed();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddBrokerServer(options => options.Token = "secret");
        await using var app = builder.Build();
        app.MapBroker("/");
        await app.StartAsync();
        var url = new Uri(app.Urls.Single().Replace("http://", "ws://"));
        await using var client = await WebSocketBrokerClient.ConnectAsync(new BrokerOptions { Url = url, Token = "secret" });
        Console.WriteLine(await client.RequestAsync("system.health", default));
        return Console.ToString();
    }

    /// <summary>A broker whose options are what the configuration says.</summary>
    public static async Task<WebApplication> BindAsync(Stream appsettings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddJsonStream(appsettings);
        builder.Services.AddBrokerServer().BindConfiguration("Broker");
        var app = builder.Build();
        RecordedWebSockets.Record(app, Frames);
        app.MapBroker("/");
        await app.StartAsync();
        return app;
    }

    public static async Task<string> ConnectAsync()
    {
        var Console = new Printed();
        await using var app = await StartAsync();
        var url = new Uri(app.Urls.Single().Replace("http://", "ws://", StringComparison.Ordinal));

        await using var client = await WebSocketBrokerClient.ConnectAsync(new BrokerOptions { Url = url });

        await client.SubscribeAsync("greetings.*", (message, _) =>
        {
            Console.WriteLine($"{message.Topic}: {message.Payload}");
            return ValueTask.CompletedTask;
        });
        await client.PublishAsync("greetings.en", JsonPayload.Parse("\"hello\""));

        await client.ServeAsync(["text.shout"], Shout);
        await foreach (var reply in client.RequestStreamAsync("text.shout", JsonPayload.Parse("\"hi\"")))
        {
            Console.WriteLine($"{reply.Event}: {reply.Body}");
        }

        return Console.ToString();

        static async IAsyncEnumerable<BrokerReply> Shout(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            yield return new("shouted", JsonPayload.Parse($"{{\"text\":{request.Payload.ToString().ToUpperInvariant()}}}"), IsFinal: true);
        }
    }

    public static async Task<string> ConsumeAsync()
    {
        var Console = new Printed();
        await using var app = await StartAsync();
        var url = new Uri(app.Urls.Single().Replace("http://", "ws://", StringComparison.Ordinal));
        await using var client = await WebSocketBrokerClient.ConnectAsync(new BrokerOptions { Url = url });

        await client.EnqueueAsync("pages", JsonPayload.Parse("\"https://example.com/\""), new() { DedupeId = "https://example.com/" });
        await using var consumer = await client.ConsumeAsync("pages", (delivery, cancellationToken) =>
        {
            Console.WriteLine($"{delivery.Task.Payload}, attempt {delivery.Task.Attempts}");
            return ValueTask.CompletedTask;
        });

        await consumer.DrainAsync();
        return Console.ToString();
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddBrokerServer();
        var app = builder.Build();
        RecordedWebSockets.Record(app, Frames);
        app.MapBroker("/");
        await app.StartAsync();
        return app;
    }

    private sealed class Printed
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

        public void WriteLine(object line) => _lines.Enqueue($"{line}");

        public override string ToString() => string.Join('\n', _lines);
    }
}
