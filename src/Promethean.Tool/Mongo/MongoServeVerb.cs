using System.CommandLine;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Promethean.Mongo.Embedded;

namespace Promethean.Tool;

/// <summary><c>promethean mongo serve</c>: a MongoDB-compatible server until a signal ends it.</summary>
internal sealed class MongoServeVerb
{
    private const int DefaultPort = 27017;

    private readonly Option<ushort?> _port = PortOption.Create(DefaultPort);
    private readonly Option<IPAddress?> _host = AddressOption.Create("a user");
    private readonly Option<string?> _data = new("--data") { Description = "The directory to keep the data in; it is made if it is not there", HelpName = "DIR" };
    private readonly Option<bool> _memory = new("--memory") { Description = "Keep the data in memory, as without --data" };
    private readonly Option<string?> _user = new("--user") { Description = "The one who may use the server; without, everyone on this machine may", HelpName = "NAME" };
    private readonly Option<string?> _passwordFile = new("--password-file") { Description = "A file that holds the user's password", HelpName = "FILE" };

    public static Command Create()
    {
        var verb = new MongoServeVerb();
        var command = new Verb(
            "serve",
            "Serve a MongoDB-compatible server until a signal ends it",
            "Prints 'ready CONNECTION-STRING' once it takes clients, the password masked; everything else goes to stderr.",
            "What is acknowledged is on disk where --data names a directory, also when the process is killed. A directory has one server at a time.",
            "The first SIGINT or SIGTERM lets running commands end; the second ends at once.",
            "Exit codes: 0 ended by a signal, 1 failed (the port, the data), 2 wrong usage.")
        {
            verb._port, verb._host, verb._data, verb._memory, verb._user, verb._passwordFile,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(verb._memory) && result.GetValue(verb._data) is not null)
            {
                result.AddError("--data and --memory exclude each other.");
            }

            if (result.GetValue(verb._user) is null != result.GetValue(verb._passwordFile) is null)
            {
                result.AddError("--user and --password-file go together.");
            }
        });
        command.SetAction((result, _) => ToolContext.RunAsync(context => verb.RunAsync(result, context)));
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, ToolContext context)
    {
        using var logging = LoggerFactory.Create(builder => builder
            .AddConsole(console =>
            {
                console.LogToStandardErrorThreshold = LogLevel.Trace;
                // Whoever does not read the log must not hold up the server.
                console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            })
            .SetMinimumLevel(LogLevel.Information));
        var user = FindUser(result);
        var server = await StartAsync(result, user, logging, context).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            if (result.GetValue(_data) is null)
            {
                await context.Error.WriteLineAsync("The data lies in memory and is gone at the end; --data names a directory to keep it in.").ConfigureAwait(false);
            }

            await context.Output.WriteLineAsync(Encoding.UTF8.GetBytes($"ready {Masked(server.ConnectionString, user?.Password)}"), CancellationToken.None).ConfigureAwait(false);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, context.Interrupted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCodes.Done;
        }
    }

    private async Task<EmbeddedMongoServer> StartAsync(ParseResult result, (string Name, string Password)? user, ILoggerFactory logging, ToolContext context)
    {
        var address = result.GetValue(_host) ?? IPAddress.Loopback;
        if (user is null && !IPAddress.IsLoopback(address))
        {
            throw new ToolException(
                ExitCodes.Usage, $"--host {address} can be reached by others, and there is no user: name one with --user and --password-file, or listen on 127.0.0.1.");
        }

        try
        {
            return await EmbeddedMongoServer.StartAsync(
                new EmbeddedMongoOptions
                {
                    Address = address,
                    Port = result.GetValue(_port) ?? DefaultPort,
                    DataDirectory = result.GetValue(_data),
                    Users = user is null ? [] : [new EmbeddedMongoUser(user.Value.Name, user.Value.Password)],
                    TimeProvider = context.Time,
                    // Whoever reaches a server that others use must not be able to make it fail.
                    EnableTestCommands = false,
                    LoggerFactory = logging,
                },
                context.Interrupted).ConfigureAwait(false);
        }
        catch (EmbeddedMongoException e)
        {
            throw new ToolException(ExitCodes.Failed, e.Message, e);
        }
    }

    private (string Name, string Password)? FindUser(ParseResult result)
    {
        if (result.GetValue(_user) is not { } name)
        {
            return null;
        }

        return name.Length == 0 || name.Any(char.IsControl)
            ? throw new ToolException(ExitCodes.Usage, "--user takes a name without control characters.")
            : (name, PasswordFile.Read(result.GetValue(_passwordFile)!));
    }

    private static string Masked(string connectionString, string? password) => password is null
        ? connectionString
        : connectionString.Replace($":{Uri.EscapeDataString(password)}@", ":***@", StringComparison.Ordinal);
}
