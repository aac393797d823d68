using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Promethean.Tool;

/// <summary><c>promethean broker serve</c>: a broker until a signal ends it.</summary>
internal static class ServeVerb
{
    private const int DefaultPort = 7000;

    // The broker itself refuses shorter ones, too, once it has bound the address.
    private const int MinTokenLength = 16;

    private static readonly TimeSpan DefaultDrain = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestResumeWindow = TimeSpan.FromHours(1);

    public static Command Create()
    {
        var port = PortOption.Create(DefaultPort);
        var host = AddressOption.Create("a token of at least 16 characters");
        var tokenFile = TokenOption.Create("the token that every client must send");
        var drain = TypedOption.Duration("--drain", "How long requests that run may take to end after the first signal [default: 10s]");
        var keepAlive = TypedOption.Duration("--keep-alive", "How long a connection may be silent before it is asked for a sign of life [default: 15s]");
        var keepAliveTimeout = TypedOption.Duration("--keep-alive-timeout", "How long that sign may take before the connection is given up [default: 10s]");
        var resumeWindow = TypedOption.Duration("--resume-window", "How long a client that lost its connection may come back and go on, at most 1h [default: 5s]");
        resumeWindow.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<TimeSpan?>() > LongestResumeWindow)
            {
                result.AddError("--resume-window is at most 1h.");
            }
        });
        var command = new Verb(
            "serve",
            "Serve a broker until a signal ends it",
            "Prints 'ready ADDRESS' once it takes clients; everything else goes to stderr.",
            "On the same port answer /healthz/live, /healthz/ready and, for Prometheus, /metrics, which demands the token where there is one. "
            + "Metrics go to an OTLP collector too where OTEL_EXPORTER_OTLP_ENDPOINT names one.",
            "Where REDIS_URL names a Redis, all brokers that are given the same one act as one broker.",
            "The first SIGINT or SIGTERM lets running requests end and refuses new ones; the second ends at once.")
        {
            port, host, tokenFile, drain, keepAlive, keepAliveTimeout, resumeWindow,
        };
        command.SetAction((result, _) => ToolContext.RunAsync(context => RunAsync(
            new ServeOptions(
                result.GetValue(host) ?? IPAddress.Loopback,
                result.GetValue(port) ?? DefaultPort,
                TokenOption.Read(result.GetValue(tokenFile)),
                result.GetValue(drain) ?? DefaultDrain)
            {
                KeepAlive = result.GetValue(keepAlive),
                KeepAliveTimeout = result.GetValue(keepAliveTimeout),
                ResumeWindow = result.GetValue(resumeWindow),
            },
            context)));
        return command;
    }

    private static async Task<int> RunAsync(ServeOptions options, ToolContext context)
    {
        if (options.Token is null && !IPAddress.IsLoopback(options.Address))
        {
            throw new ToolException(
                ExitCodes.Usage,
                $"--host {options.Address} can be reached by others, and there is no token: name a file that holds one with --token-file, "
                + $"set {TokenOption.Variable}, or listen on 127.0.0.1.");
        }

        if (options.Token is { Length: < MinTokenLength } && !IPAddress.IsLoopback(options.Address))
        {
            throw new ToolException(
                ExitCodes.Usage,
                $"--host {options.Address} can be reached by others, and the token has fewer than {MinTokenLength} characters, so it can be guessed: "
                + "take a longer one, at random, or listen on 127.0.0.1.");
        }

        var app = BrokerHost.Build(options);
        await using (app.ConfigureAwait(false))
        {
            await StartAsync(app, options, context.Interrupted).ConfigureAwait(false);
            var url = app.Urls.Single().Replace("http://", "ws://", StringComparison.Ordinal);
            await context.Output.WriteLineAsync(Encoding.UTF8.GetBytes($"ready {url}"), CancellationToken.None).ConfigureAwait(false);
            await app.WaitForShutdownAsync(context.Interrupted).ConfigureAwait(false);
            return ExitCodes.Done;
        }
    }

    private static async Task StartAsync(WebApplication app, ServeOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new ToolException(
                ExitCodes.Failed,
                $"The broker cannot listen on {options.Url} ({e.GetBaseException().Message.TrimEnd('.')}). Choose another port with --port, or another address with --host.",
                e);
        }
    }
}
