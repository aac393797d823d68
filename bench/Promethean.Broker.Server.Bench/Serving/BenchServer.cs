using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server.Bench.Serving;

/// <summary>What a child process runs: one of the servers, and a page that tells what it uses.</summary>
internal static class BenchServer
{
    public const string Broker = "broker";
    public const string SignalR = "signalr";
    public const string Echo = "echo";

    /// <summary>Prints its address and serves until its input ends.</summary>
    public static async Task RunAsync(string kind)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        AddServices(builder.Services, kind);
        await using var app = builder.Build();
        app.MapGet("/usage", (bool collect) =>
        {
            if (collect) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return Results.Json(ServerUsage.Read(), NoteJson.Default.ServerUsage);
        });
        Map(app, kind);
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await Console.In.ReadToEndAsync();
    }

    private static void AddServices(IServiceCollection services, string kind)
    {
        if (kind == Broker)
        {
            // A flight must fit into what is held for a slow reader; all else is as it comes.
            services.AddBrokerServer(options => options.MaxQueuedMessages = 2 * Flight.Size);
        }
        else if (kind == SignalR)
        {
            // The bare client sends no pings while its turn is not. A hub that waits for a worker must be able to take the next call meanwhile.
            services.AddSignalR(options => options.ClientTimeoutInterval = TimeSpan.FromHours(1))
                .AddHubOptions<WorkHub>(options => options.MaximumParallelInvocationsPerClient = 64);
        }
    }

    private static void Map(WebApplication app, string kind)
    {
        if (kind == Broker)
        {
            app.MapBroker("/socket");
        }
        else if (kind == SignalR)
        {
            app.MapHub<NoteHub>("/socket");
            app.MapHub<WorkHub>("/work");
        }
        else
        {
            app.UseWebSockets();
            app.Map("/socket", EchoEndpoint.ServeAsync);
        }
    }
}
