using Microsoft.Extensions.Logging.Console;
using Promethean.Broker.Server;

namespace AllInOne;

/// <summary>What the three loopback servers of this host have in common.</summary>
internal static class HostBuilding
{
    /// <summary>A builder on a loopback port, which logs to stderr: stdout belongs to results.</summary>
    public static WebApplicationBuilder NewBuilder(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders()
            .AddConsole(console =>
            {
                console.LogToStandardErrorThreshold = LogLevel.Trace;
                // Whoever does not read the log must not hold up the service.
                console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            })
            .SetMinimumLevel(LogLevel.Warning)
            // A host that cannot start is told in one line, by whoever started it.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        // A name of another site that was made to resolve to this machine reaches nothing here (DNS rebinding).
        builder.Services.AddHostFiltering(filter => filter.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"]);
        return builder;
    }

    /// <summary>Leaves SIGINT and SIGTERM to the host that this server works for, which ends it when nobody needs it any more.</summary>
    public static WebApplicationBuilder LeaveSignals(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IHostLifetime, DependentLifetime>();
        return builder;
    }

    public static WebApplicationBuilder AddBroker(this WebApplicationBuilder builder)
    {
        builder.Services.AddBrokerServer();
        return builder;
    }

    /// <summary>Starts, and says which option chooses another port where this one is taken.</summary>
    public static async Task ListenAsync(this WebApplication app, string portOption, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new IOException($"{e.Message} Choose another port with {portOption}.", e);
        }
    }

    private sealed class DependentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
