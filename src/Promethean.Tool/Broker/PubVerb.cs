using System.CommandLine;
using Promethean.Broker;

namespace Promethean.Tool;

/// <summary><c>promethean broker pub</c>: publishes one message, or one per line of the input.</summary>
internal sealed class PubVerb
{
    // Enough to hide the way there and back; the input is read no faster than the broker accepts.
    private const int Window = 256;

    private readonly Argument<string> _topic = new("TOPIC") { Description = "The topic: names joined by dots, for example crawl.site1.done" };
    private readonly PayloadArgument _payload = new("a message per line");
    private readonly Option<Dictionary<string, string>?> _headers = HeaderOption.Create();
    private readonly ConnectionOptions _connection = new();

    private PubVerb() => _topic.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && !BrokerTopic.IsValid(token.Value))
        {
            result.AddError($"'{token.Value}' is not a topic: segments of letters, digits, '-' and '_', joined by dots, at most {BrokerTopic.MaxLength} characters.");
        }
    });

    public static Command Create()
    {
        var verb = new PubVerb();
        var command = new Verb(
            "pub",
            "Publish a message to a topic, or each line of standard input as one",
            "Ends when the broker has accepted what was published; whether somebody is subscribed is not its business.",
            "Example: promethean broker pub crawl.site1.done '{\"pages\":120}'",
            ExitCodes.Help)
        {
            verb._topic,
        };
        verb._payload.AddTo(command);
        command.Add(verb._headers);
        verb._connection.AddTo(command);
        command.SetAction((result, _) => ToolContext.RunAsync(context => verb.RunAsync(result, context)));
        return command;
    }

    private Task<int> RunAsync(ParseResult result, ToolContext context) => _connection.UseAsync(result, context, async client =>
    {
        var topic = result.GetValue(_topic)!;
        var options = new PublishOptions { Headers = result.GetValue(_headers) ?? [] };
        if (_payload.IsInput(result))
        {
            await PublishLinesAsync(payload => client.PublishAsync(topic, payload, options, context.Interrupted).AsTask(), result, context).ConfigureAwait(false);
        }
        else
        {
            await client.PublishAsync(topic, _payload.Read(result), options, context.Interrupted).ConfigureAwait(false);
        }

        return ExitCodes.Done;
    });

    private async Task PublishLinesAsync(Func<JsonPayload, Task> publishAsync, ParseResult result, ToolContext context)
    {
        var inFlight = new Queue<(long Line, Task Publishing)>();
        var accepted = 0L;
        try
        {
            await foreach (var line in new InputReader(context.Input, PayloadText.MaxBytes).ReadLinesAsync(context.Interrupted).ConfigureAwait(false))
            {
                var payload = _payload.Read(result, line.Text, $"Line {line.Number} of the input");
                if (inFlight.Count == Window)
                {
                    await AcceptOneAsync().ConfigureAwait(false);
                }

                inFlight.Enqueue((line.Number, publishAsync(payload)));
            }

            await AcceptAllAsync().ConfigureAwait(false);
        }
        catch (ToolException e) when (e.InnerException is not BrokerException)
        {
            // The lines before a bad one are good.
            await AcceptAllAsync().ConfigureAwait(false);
            throw new ToolException(e.ExitCode, $"{e.Message} {Count(accepted)} accepted.", e);
        }

        await context.Error.WriteLineAsync($"{Count(accepted)} accepted.").ConfigureAwait(false);

        async Task AcceptOneAsync()
        {
            var (line, publishing) = inFlight.Dequeue();
            try
            {
                await publishing.ConfigureAwait(false);
                accepted++;
            }
            catch (BrokerException e)
            {
                var cause = ToolContext.Describe(e)!;
                throw new ToolException(cause.ExitCode, $"Line {line} of the input was not published: {cause.Message} {Count(accepted)} accepted before it.", e);
            }
        }

        async Task AcceptAllAsync()
        {
            while (inFlight.Count > 0)
            {
                await AcceptOneAsync().ConfigureAwait(false);
            }
        }
    }

    private static string Count(long messages) => messages == 1 ? "1 message was" : $"{messages} messages were";
}
