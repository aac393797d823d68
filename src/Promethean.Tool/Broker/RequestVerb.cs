using System.CommandLine;
using System.Globalization;
using Promethean.Broker;

namespace Promethean.Tool;

/// <summary><c>promethean broker request</c>: asks for an action and prints the answer.</summary>
internal sealed class RequestVerb
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    private readonly Argument<string> _action = new("ACTION") { Description = "The action, for example chat.completion or system.health" };
    private readonly PayloadArgument _payload = new("all of it as one payload");
    private readonly Option<TimeSpan?> _timeout = TypedOption.Duration("--timeout", "How long the answer may take [default: 60s]");
    private readonly Option<bool> _stream = new("--stream") { Description = "Print every event as it comes, not only the last" };

    private readonly Option<int?> _priority = TypedOption.Create<int>(
        "--priority",
        "N",
        "Higher is served sooner [default: 0]",
        "a whole number",
        (string text, out int priority) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out priority));

    private readonly ConnectionOptions _connection = new();

    private RequestVerb() => _action.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && !BrokerActions.IsValid(token.Value))
        {
            result.AddError($"'{token.Value}' is not an action's name: segments of letters, digits, '-' and '_', joined by dots.");
        }
    });

    public static Command Create()
    {
        var verb = new RequestVerb();
        var command = new Verb(
            "request",
            "Ask a worker, or the broker itself, for an action and print the answer as JSON",
            "Prints the answer's last event, or with --stream every one, a line each. SIGINT cancels the request.",
            "Example: promethean broker request system.health",
            ExitCodes.Help)
        {
            verb._action,
        };
        verb._payload.AddTo(command);
        command.Add(verb._timeout);
        command.Add(verb._stream);
        command.Add(verb._priority);
        verb._connection.AddTo(command);
        command.SetAction((result, _) => ToolContext.RunAsync(context => verb.RunAsync(result, context)));
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, ToolContext context)
    {
        // Read first: a broker need not wait for what is still to be typed.
        var payload = _payload.IsInput(result)
            ? _payload.Read(result, await new InputReader(context.Input, PayloadText.MaxBytes).ReadAllAsync(context.Interrupted).ConfigureAwait(false), "The input")
            : _payload.Read(result);
        return await _connection.UseAsync(result, context, client => AskAsync(client, payload, result, context)).ConfigureAwait(false);
    }

    private async Task<int> AskAsync(WebSocketBrokerClient client, JsonPayload payload, ParseResult result, ToolContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.Interrupted, context.Output.Closed);
        var options = new RequestOptions { Timeout = result.GetValue(_timeout) ?? DefaultTimeout, Priority = result.GetValue(_priority) ?? 0 };
        try
        {
            await foreach (var reply in client.RequestStreamAsync(result.GetValue(_action)!, payload, options, ending.Token).ConfigureAwait(false))
            {
                if (reply.IsFinal || result.GetValue(_stream))
                {
                    await context.Output.WriteLineAsync(ResultText.Of(reply), ending.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (context.Output.Closed.IsCancellationRequested && !context.Interrupted.IsCancellationRequested)
        {
            // Nobody reads the answer any more, so it was cancelled.
        }

        return ExitCodes.Done;
    }
}
