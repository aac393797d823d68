using System.CommandLine;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Metrics;
using Promethean.Broker.Redis;
using Promethean.Broker.Server;
using Promethean.Broker.Server.Mongo;

var port = new Option<ushort>("--port") { Description = "Loopback port; 0 chooses one", DefaultValueFactory = _ => 7000 };
var command = new RootCommand("A broker on its own, with probes and metrics, and with durable queues where MONGO_URI names a MongoDB, or as one of several where REDIS_URL names their Redis. The promethean command does more: tokens, other addresses, clients.") { port };
command.SetAction(async (result, token) =>
{
    var builder = WebApplication.CreateSlimBuilder();
    // stdout says `ready` and nothing else; everything else goes to stderr.
    builder.Logging.ClearProviders().AddConsole(console => (console.LogToStandardErrorThreshold, console.QueueFullMode) = (LogLevel.Trace, ConsoleLoggerQueueFullMode.DropWrite)).SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
    builder.WebHost.UseUrls($"http://127.0.0.1:{result.GetValue(port)}");
    builder.Services.AddBrokerServer(broker => broker.Token = Environment.GetEnvironmentVariable("BROKER_TOKEN") is { Length: > 0 } secret ? secret : null);
    // The drain of 10 s, and 2 s for connections to end; then they are cut.
    builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(12));
    try
    {
        if (Environment.GetEnvironmentVariable("MONGO_URI") is { Length: > 0 } mongo)
        {
            builder.Services.AddMongoTaskJournal(mongo);
        }
    }
    catch (ArgumentException e)
    {
        await Console.Error.WriteLineAsync($"error: MONGO_URI: {e.Message}");
        return 1;
    }

    try
    {
        if (Environment.GetEnvironmentVariable(RedisBrokerOptions.Variable) is { Length: > 0 })
        {
            var redis = new RedisBrokerClient(new());
            builder.Services.AddBrokerBackplane(_ => redis);
        }
    }
    catch (ArgumentException e)
    {
        await Console.Error.WriteLineAsync($"error: {RedisBrokerOptions.Variable}: {e.Message}");
        return 1;
    }

    builder.Services.AddBrokerHealthChecks();
    builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(BrokerServerDiagnostics.MeterName, "Microsoft.AspNetCore.Server.Kestrel").AddPrometheusExporter());
    await using var app = builder.Build();
    app.MapBroker("/");
    app.MapBrokerHealth();
    app.MapPrometheusScrapingEndpoint("/metrics").RequireBrokerToken().WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
    try
    {
        await app.StartAsync(token);
    }
    catch (Exception e) when (e is IOException or TaskJournalException or InvalidOperationException)
    {
        await Console.Error.WriteLineAsync($"error: {e.Message}{(e is IOException ? " Choose another port with --port." : "")}");
        return 1;
    }

    Console.WriteLine($"ready {app.Urls.Single().Replace("http://", "ws://", StringComparison.Ordinal)}");
    await app.WaitForShutdownAsync(token);
    return 0;
});
// The host listens to SIGINT and SIGTERM itself.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, Output = Console.Error });
