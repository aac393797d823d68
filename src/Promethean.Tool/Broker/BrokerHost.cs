using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Promethean.Broker.Redis;
using Promethean.Broker.Server;

namespace Promethean.Tool;

/// <summary>The broker's host: one port with the broker, its probes and its metrics.</summary>
internal static class BrokerHost
{
    private const string KestrelMeter = "Microsoft.AspNetCore.Server.Kestrel";
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // What connections may take to end once the requests have, or their time is over; then they are cut.
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(2);

    public static WebApplication Build(ServeOptions options)
    {
        var room = OpenFiles.Room();
        // Empty: a command reads no settings of whatever project it is started in.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(TelemetryVariables());
        builder.Logging
            .AddConsole(console =>
            {
                console.LogToStandardErrorThreshold = LogLevel.Trace;
                // Whoever does not read the log must not hold up the broker.
                console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            })
            .SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Promethean", LogLevel.Information)
            // A host that cannot start is told in one line, by whoever started it.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A request that never ends must not hold up the end of the host.
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            // Nor must connections that ask for nothing keep the few places for requests.
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(5);
            kestrel.Limits.MaxConcurrentConnections = room?.Requests;
            kestrel.Limits.MaxConcurrentUpgradedConnections = room?.WebSockets;
        }).UseUrls(options.Url);
        var services = builder.Services;
        services.AddRoutingCore();
        services.AddSingleton<IHostLifetime, NoSignals>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Drain + StopMargin);
        services.AddBrokerServer(broker =>
        {
            broker.Token = options.Token;
            broker.DrainTimeout = options.Drain;
            // One below what the server takes, so that it is the broker that refuses, and says when to try again.
            broker.MaxConnectionsPerOrg = Math.Min(broker.MaxConnectionsPerOrg, (room?.WebSockets ?? int.MaxValue) - 1);
            broker.KeepAliveInterval = options.KeepAlive ?? broker.KeepAliveInterval;
            broker.KeepAliveTimeout = options.KeepAliveTimeout ?? broker.KeepAliveTimeout;
            broker.ResumeWindow = options.ResumeWindow ?? broker.ResumeWindow;
        });
        AddBackplane(services);
        if (room is not null)
        {
            services.AddSingleton<SocketTransportFactory>();
            services.AddSingleton<IConnectionListenerFactory>(provider => new BoundedTransport(provider.GetRequiredService<SocketTransportFactory>(), room.Sockets));
        }

        services.AddBrokerHealthChecks();
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("promethean-broker").AddEnvironmentVariableDetector())
            .WithMetrics(AddMetrics);
        var app = builder.Build();
        app.Use(SayWhereAsync);
        app.MapBroker("/");
        app.MapBrokerHealth();
        app.MapPrometheusScrapingEndpoint("/metrics").RequireBrokerToken().WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
        return app;
    }

    /// <summary>Tells the right path to whoever has a wrong one: it is no secret.</summary>
    private static async Task SayWhereAsync(HttpContext context, RequestDelegate next)
    {
        await next(context).ConfigureAwait(false);
        if (context.GetEndpoint() is null && context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false })
        {
            await context.Response.WriteAsync("Nothing is served at this path; the broker listens on /.\n", context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Makes this broker one with all others on the Redis that the environment names, where it names one.</summary>
    private static void AddBackplane(IServiceCollection services)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(RedisBrokerOptions.Variable)))
        {
            return;
        }

        try
        {
            var redis = new RedisBrokerClient(new());
            services.AddBrokerBackplane(_ => redis);
        }
        catch (ArgumentException e)
        {
            throw new ToolException(ExitCodes.Usage, $"{RedisBrokerOptions.Variable}: {e.Message}", e);
        }
    }

    private static void AddMetrics(MeterProviderBuilder metrics)
    {
        metrics.AddMeter(BrokerServerDiagnostics.MeterName, KestrelMeter).AddPrometheusExporter();
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(OtlpEndpoint)))
        {
            metrics.AddOtlpExporter();
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> TelemetryVariables() =>
        from System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables()
        let name = (string)variable.Key
        where name.StartsWith("OTEL_", StringComparison.Ordinal)
        select new KeyValuePair<string, string?>(name, (string?)variable.Value);

    /// <summary>Leaves the signals to <see cref="Interrupts"/>.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
