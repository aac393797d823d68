using System.Globalization;
using System.Text.Json;
using Promethean.Broker;

namespace Promethean.Chaos.Tests;

/// <summary>What this executable does as a process of its own, so that it can really be stopped.</summary>
[Trait("Category", "Integration")]
public sealed class Parts
{
    /// <summary>Requests of this action are held until nobody waits any more.</summary>
    public const string Held = "hold";

    /// <summary>A queue whose tasks are held beyond their lease.</summary>
    public const string ShortQueue = "short";

    /// <summary>A queue whose tasks are held, with a long lease.</summary>
    public const string LongQueue = "long";

    public static readonly TimeSpan ShortLease = TimeSpan.FromSeconds(1);

    private const string UrlVariable = "PROMETHEAN_TEST_BROKER";
    private const string NotesVariable = "PROMETHEAN_TEST_NOTES";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static BrokerOptions Options => new() { Url = new(System.Environment.GetEnvironmentVariable(UrlVariable)!), ReconnectDelay = TimeSpan.FromMilliseconds(50) };

    internal static Dictionary<string, string> Environment(Uri broker, string notes) =>
        new() { [UrlVariable] = broker.ToString(), [NotesVariable] = notes };

    internal static int NumberOf(JsonPayload payload)
    {
        using var document = JsonDocument.Parse(payload.Utf8);
        return document.RootElement.GetProperty("number").GetInt32();
    }

    /// <summary>Writes down what it hears, a line for each.</summary>
    [Fact(Explicit = true)]
    public async Task Subscribes()
    {
        await using var notes = new StreamWriter(
            new FileStream(System.Environment.GetEnvironmentVariable(NotesVariable)!, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        { AutoFlush = true };
        await using var client = await WebSocketBrokerClient.ConnectAsync(Options, cancellationToken: Token);
        await client.SubscribeAsync(
            "flood",
            (message, _) =>
            {
                Write(NumberOf(message.Payload).ToString(CultureInfo.InvariantCulture));
                return ValueTask.CompletedTask;
            },
            new() { OnGap = _ => Write("gap") },
            Token);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Token);

        void Write(string note)
        {
            lock (notes)
            {
                notes.Write(note + "\n");
            }
        }
    }

    /// <summary>Takes requests and tasks, and ends none.</summary>
    [Fact(Explicit = true)]
    public async Task Works()
    {
        await using var client = await WebSocketBrokerClient.ConnectAsync(Options, cancellationToken: Token);
        await client.ConsumeAsync(ShortQueue, HoldAsync, new() { Credit = 8, Lease = ShortLease }, Token);
        await client.ConsumeAsync(LongQueue, HoldAsync, new() { Credit = 8 }, Token);
        await client.ServeAsync([Held], Numbers.HoldAsync, new() { Concurrency = 64 }, Token);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Token);

        static async ValueTask HoldAsync(IQueueDelivery delivery, CancellationToken cancellationToken) =>
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
