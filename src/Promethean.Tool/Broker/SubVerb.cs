using System.CommandLine;
using System.Threading.Channels;
using Promethean.Broker;

namespace Promethean.Tool;

/// <summary><c>promethean broker sub</c>: prints what is published.</summary>
internal sealed class SubVerb
{
    private readonly Argument<string[]> _patterns = new("PATTERN")
    {
        Description = "A topic; '*' stands for one of its segments, a last '>' for one or more. Put it in quotes: a shell has its own use for both",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int?> _count = TypedOption.Create<int>(
        "--count", "N", "End after so many messages", "a whole number from 1", (string text, out int count) => int.TryParse(text, out count) && count >= 1);

    private readonly Option<TimeSpan?> _for = TypedOption.Duration("--for", "End after so long; with --count, too few messages by then are a timeout (4)");
    private readonly ConnectionOptions _connection = new();

    private SubVerb() => _patterns.Validators.Add(result =>
    {
        foreach (var token in result.Tokens.Where(token => !BrokerTopic.IsValidPattern(token.Value)))
        {
            result.AddError($"'{token.Value}' is neither a topic nor a pattern with '*' segments or a last '>'.");
        }
    });

    public static Command Create()
    {
        var verb = new SubVerb();
        var command = new Verb(
            "sub",
            "Subscribe and print each message's envelope as a line of JSON",
            "Says on stderr when it is subscribed. A lost connection is made again; where messages may be missing, stderr says so. SIGINT ends it, as does the end of "
            + "whoever reads its output.",
            "Example: promethean broker sub 'crawl.*.done' --count 1",
            ExitCodes.Help)
        {
            verb._patterns, verb._count, verb._for,
        };
        verb._connection.AddTo(command);
        command.SetAction((result, _) => ToolContext.RunAsync(context => verb.RunAsync(result, context)));
        return command;
    }

    private Task<int> RunAsync(ParseResult result, ToolContext context) => _connection.UseAsync(result, context, async client =>
    {
        // One slot: the subscriptions' own buffers are the ones that hold and drop.
        var lines = Channel.CreateBounded<ReadOnlyMemory<byte>>(1);
        var patterns = result.GetValue(_patterns)!.Distinct().ToList();
        var subscriptions = new List<IBrokerSubscription>();
        foreach (var pattern in patterns)
        {
            // A gap is told to each subscription; one of them tells the reader.
            var options = new SubscribeOptions { OnGap = subscriptions.Count == 0 ? gap => context.Error.WriteLine(Describe(gap)) : null };
            subscriptions.Add(
                await client.SubscribeAsync(pattern, HandlerOf(pattern, patterns, lines.Writer), options, context.Interrupted).ConfigureAwait(false));
        }

        await context.Error.WriteLineAsync($"subscribed to {string.Join(' ', patterns)}").ConfigureAwait(false);
        var limit = result.GetValue(_for);
        using var late = new CancellationTokenSource(limit ?? Timeout.InfiniteTimeSpan, context.Time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.Interrupted, context.Output.Closed, late.Token);
        var telling = TellStateAsync(client, context.Error, ending.Token);
        var missing = await PrintAsync(lines.Reader, result.GetValue(_count), context.Output, ending.Token).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await telling.ConfigureAwait(false);
        if (subscriptions.Sum(subscription => subscription.Dropped) is > 0 and var dropped)
        {
            await context.Error.WriteLineAsync($"{dropped} messages were lost: standard output is read too slowly.").ConfigureAwait(false);
        }

        return missing > 0 && late.IsCancellationRequested
            ? throw new ToolException(ExitCodes.Timeout, $"{missing} of {result.GetValue(_count)} messages did not come within {limit!.Value.TotalSeconds} s.")
            : ExitCodes.Done;
    });

    private static string Describe(BrokerGap gap) =>
        gap.Missed is { } missed ? $"{missed} messages are missing here: they came faster than they were read." : "Messages may be missing here.";

    private static Func<BrokerMessage, CancellationToken, ValueTask> HandlerOf(
        string pattern, List<string> patterns, ChannelWriter<ReadOnlyMemory<byte>> lines) => (message, cancellationToken) =>
        // Each of the patterns that the topic falls under brings the message; the first of them prints it.
        patterns.First(one => BrokerTopic.Matches(one, message.Topic)) == pattern
            ? lines.WriteAsync(ResultText.Of(message), cancellationToken)
            : ValueTask.CompletedTask;

    /// <summary>Prints until enough is printed or it is told to end; how many of those asked for are missing then.</summary>
    private static async Task<int> PrintAsync(ChannelReader<ReadOnlyMemory<byte>> lines, int? count, LineOutput output, CancellationToken cancellationToken)
    {
        var missing = count ?? 0;
        try
        {
            await foreach (var line in lines.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                await output.WriteLineAsync(line, cancellationToken).ConfigureAwait(false);
                if (count is not null && --missing == 0)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // As asked.
        }

        return missing;
    }

    private static async Task TellStateAsync(WebSocketBrokerClient client, TextWriter error, CancellationToken cancellationToken)
    {
        var isConnected = true;
        try
        {
            await foreach (var state in client.WatchStateAsync(cancellationToken).ConfigureAwait(false))
            {
                if (isConnected != state is BrokerConnectionState.Connected)
                {
                    isConnected = !isConnected;
                    await error.WriteLineAsync(isConnected ? "subscribed again" : "connection lost, connecting again").ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end.
        }
    }
}
