using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Promethean.Broker.Server;
using Promethean.Broker.Server.Mongo;
using Promethean.Mongo.Embedded;

namespace Promethean.Broker.Queues.Bench;

/// <summary>A broker on loopback with its client, and what its queues are kept in.</summary>
internal sealed class QueueHost(WebApplication app, WebSocketBrokerClient client, EmbeddedMongoServer? mongo, string? directory) : IAsyncDisposable
{
    public WebSocketBrokerClient Client => client;

    public static Task<QueueHost> InMemoryAsync() => StartAsync(null, null);

    public static async Task<QueueHost> OnMongoInMemoryAsync() => await StartAsync(await EmbeddedMongoServer.StartAsync(), null);

    public static async Task<QueueHost> OnMongoOnDiskAsync()
    {
        var directory = Directory.CreateTempSubdirectory("promethean-bench-").FullName;
        return await StartAsync(await EmbeddedMongoServer.StartAsync(new() { DataDirectory = directory }), directory);
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await app.DisposeAsync();
        if (mongo is not null)
        {
            await mongo.DisposeAsync();
        }

        if (directory is not null)
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<QueueHost> StartAsync(EmbeddedMongoServer? mongo, string? directory)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddBrokerServer(options => options.MaxQueuedTasks = 1_000_000);
        if (mongo is not null)
        {
            builder.Services.AddMongoTaskJournal(mongo.ConnectionString);
        }

        var app = builder.Build();
        app.MapBroker("/");
        await app.StartAsync();
        var url = new Uri(app.Urls.Single().Replace("http://", "ws://", StringComparison.Ordinal));
        return new(app, await WebSocketBrokerClient.ConnectAsync(new BrokerOptions { Url = url }), mongo, directory);
    }
}
