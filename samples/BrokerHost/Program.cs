using System.CommandLine;
using Promethean.Broker.Server;
using Promethean.Broker.Server.Mongo;

var port = new Option<int>("--port") { Description = "Loopback port; 0 chooses one", DefaultValueFactory = _ => 7000 };
port.Validators.Add(result =>
{
    if (!result.Tokens.All(token => ushort.TryParse(token.Value, out _)))
    {
        result.AddError($"--port takes a port from 0 to 65535, not '{result.Tokens[0].Value}'.");
    }
});
var command = new RootCommand("A broker on its own: topics, requests routed to workers, and queues; durable ones where MONGO_URI names a MongoDB.") { port };
command.SetAction(async (result, token) =>
{
    var builder = WebApplication.CreateSlimBuilder();
    // stdout says `ready` and nothing else; everything else goes to stderr.
    builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
    builder.WebHost.UseUrls($"http://127.0.0.1:{result.GetValue(port)}");
    builder.Services.AddBrokerServer(broker => broker.Token = Environment.GetEnvironmentVariable("BROKER_TOKEN") is { Length: > 0 } secret ? secret : null);
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

    await using var app = builder.Build();
    app.MapBroker("/");
    try
    {
        await app.StartAsync(token);
    }
    catch (Exception e) when (e is IOException or TaskJournalException)
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
