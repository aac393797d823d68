using System.CommandLine;
using Promethean.Broker;

namespace Promethean.Tool;

/// <summary>The options of every verb that talks to a broker.</summary>
internal sealed class ConnectionOptions
{
    private const string UrlVariable = "BROKER_URL";
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(5);

    // Beyond it a connection that does not close is left to the process's end.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly Option<string?> _url = new("--url")
    {
        Description = $"The broker [default: the environment variable {UrlVariable}, else ws://127.0.0.1:7000]",
        HelpName = "URL",
    };

    private readonly Option<string?> _tokenFile = TokenOption.Create("the token to send");
    private readonly Option<TimeSpan?> _patience = TypedOption.Duration("--connect-timeout", "How long to try to reach the broker [default: 5s]");

    public ConnectionOptions() => _url.Validators.Add(result =>
    {
        if (result.Tokens.Count > 0 && ToUrl(result.Tokens[^1].Value) is null)
        {
            result.AddError($"--url takes an address such as ws://127.0.0.1:7000, not '{result.Tokens[^1].Value}'.");
        }
    });

    public void AddTo(Command command)
    {
        command.Add(_url);
        command.Add(_tokenFile);
        command.Add(_patience);
    }

    /// <summary>Connects, lets a verb talk, and closes.</summary>
    /// <exception cref="ToolException">The broker was not reached, or does not accept the token.</exception>
    public async Task<int> UseAsync(ParseResult result, ToolContext context, Func<WebSocketBrokerClient, Task<int>> talkAsync)
    {
        var client = await ConnectAsync(result, context).ConfigureAwait(false);
        try
        {
            return await talkAsync(client).ConfigureAwait(false);
        }
        finally
        {
            // It ends what is under way, cancelled requests among it; a handler that hangs on a full pipe must not hold up the end.
            await client.DisposeAsync().AsTask().WaitAsync(CloseTimeout, context.Time, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<WebSocketBrokerClient> ConnectAsync(ParseResult result, ToolContext context)
    {
        var patience = result.GetValue(_patience) ?? DefaultPatience;
        var url = FindUrl(result);
        var options = new BrokerOptions
        {
            Url = url,
            Token = TokenOption.Read(result.GetValue(_tokenFile)),
            ConnectTimeout = patience,
            DisconnectedTimeout = patience,
            // Each verb says how long it waits.
            RequestTimeout = TimeSpan.FromDays(1),
        };
        try
        {
            return await WebSocketBrokerClient.ConnectAsync(options, context.Time, cancellationToken: context.Interrupted).ConfigureAwait(false);
        }
        catch (BrokerException e) when (e.Code is BrokerErrorCode.Timeout)
        {
            var reason = e.InnerException?.GetBaseException().Message;
            throw new ToolException(
                ExitCodes.Unreachable,
                $"No broker was reached at {url} within {patience.TotalSeconds} s{(reason is null ? "" : $" ({reason.TrimEnd('.')})")}. "
                + "Start one with 'promethean broker serve', or name another with --url.",
                e);
        }
        catch (BrokerException e) when (e.Code is BrokerErrorCode.Unauthorized)
        {
            throw new ToolException(
                ExitCodes.Unauthorized,
                $"The broker at {url} {(options.Token is null ? "demands a token" : "does not accept the token")}: "
                + $"name the token's file with --token-file, or set {TokenOption.Variable}.",
                e);
        }
    }

    private Uri FindUrl(ParseResult result)
    {
        if (result.GetValue(_url) is { } given)
        {
            return ToUrl(given)!;
        }

        return Environment.GetEnvironmentVariable(UrlVariable) is not { Length: > 0 } named ? new BrokerOptions().Url
            : ToUrl(named) ?? throw new ToolException(ExitCodes.Usage, $"{UrlVariable} takes an address such as ws://127.0.0.1:7000, not '{named}'.");
    }

    private static Uri? ToUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "ws" or "wss" ? url : null;
}
