using System.Collections.Concurrent;
using System.Globalization;
using Promethean.Broker;

namespace Promethean.Chaos.Tests;

/// <summary>SIGSTOP to a process that subscribes, while much is published.</summary>
[Trait("Category", "Integration")]
public sealed class StoppedClientTests(ITestOutputHelper output) : IDisposable
{
    private const string Topic = "flood";
    private const int Burst = 200;
    private const long FlatBytes = 64 * 1024 * 1024;

    private static readonly string Filling = new('x', 8 * 1024);

    private readonly string _notes = Path.GetTempFileName();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_notes);

    [Fact]
    public async Task A_stopped_subscriber_costs_the_broker_no_more_than_its_bounds_and_others_nothing()
    {
        var timing = new Timing(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        await using var broker = await BrokerProcess.ServeAsync(timing, Token);
        await using var publisher = await broker.ConnectAsync(Token);
        await using var first = await Listener.StartAsync(broker);
        await using var second = await Listener.StartAsync(broker);
        var sockets = broker.Process.OpenSockets;
        await using var child = ChildProcess.StartPart(nameof(Parts.Subscribes), Parts.Environment(broker.Url, _notes));
        await Until.TrueAsync(async () => await BrokerProcess.ConnectionsAsync(publisher, Token) == 4, TimeProvider.System.GetTimestamp(), Token);
        var published = 0;
        // The same load before: what the broker takes of memory for it is no matter of the one that stops.
        for (var burst = 0; burst < 50; burst++)
        {
            await BurstAsync();
        }

        await Until.TrueAsync(() => Notes().Contains($"{published - 1}"), TimeProvider.System.GetTimestamp(), Token);
        var before = broker.Process.ResidentBytes;
        var publishedBefore = published;

        var stopped = TimeProvider.System.GetTimestamp();
        child.StopHere();
        var given = Until.TrueAsync(async () => await BrokerProcess.ConnectionsAsync(publisher, Token) == 3, stopped, Token);
        var most = 0L;
        // Until it is given up, and until its session is, too.
        while (!given.IsCompleted || TimeProvider.System.GetElapsedTime(stopped) < timing.Found + timing.ResumeWindow)
        {
            await BurstAsync();
            most = Math.Max(most, broker.Process.ResidentBytes);
        }

        var found = await given;
        output.WriteLine($"{(published - publishedBefore) * (long)Filling.Length >> 20} MiB published while it stood still; given up after {found.TotalMilliseconds:0} ms; "
            + $"resident {before >> 20} MiB before, at most {most >> 20} MiB meanwhile");
        found.Should().BeLessThanOrEqualTo(timing.Found);
        (most - before).Should().BeLessThan(FlatBytes);
        broker.Process.OpenSockets.Should().Be(sockets, "the socket is closed, though nobody reads what was sent to it");
        first.ShouldHaveHeardAll(published);
        second.ShouldHaveHeardAll(published);

        child.GoOn();
        // Once it is back it hears what comes, after a word on what it has missed.
        await Until.TrueAsync(
            async () =>
            {
                await BurstAsync();
                return Notes().Contains($"{published - 1}");
            },
            TimeProvider.System.GetTimestamp(),
            Token);
        var notes = Notes();
        notes.Should().Contain("gap");
        HolesWithoutWarning(notes).Should().BeEmpty();
        output.WriteLine($"it heard {notes.Count(note => note != "gap")} of {published} and {notes.Count(note => note == "gap")} gaps");

        async Task BurstAsync()
        {
            await Task.WhenAll(Enumerable.Range(published, Burst).Select(number =>
                publisher.PublishAsync(Topic, Message(number), cancellationToken: Token).AsTask()));
            published += Burst;
            await Until.TrueAsync(() => first.Heard == published && second.Heard == published, TimeProvider.System.GetTimestamp(), Token);
        }
    }

    [Fact]
    public async Task A_stopped_subscriber_does_not_hold_up_the_end_of_the_broker()
    {
        var patient = new Timing(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5));
        await using var broker = await BrokerProcess.ServeAsync(patient, Token);
        await using var publisher = await broker.ConnectAsync(Token);
        await using var child = ChildProcess.StartPart(nameof(Parts.Subscribes), Parts.Environment(broker.Url, _notes));
        await Until.TrueAsync(
            async () =>
            {
                await publisher.PublishAsync(Topic, Message(0), cancellationToken: Token);
                return Notes().Count > 0;
            },
            TimeProvider.System.GetTimestamp(),
            Token);
        child.StopHere();
        // More than the sockets of both sides hold.
        await Parallel.ForEachAsync(Enumerable.Range(0, 5000), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Token }, async (number, token) =>
            await publisher.PublishAsync(Topic, Message(number), cancellationToken: token));

        var asked = TimeProvider.System.GetTimestamp();
        (await broker.Process.EndAsync(Token)).Should().Be(0, broker.Process.Errors);
        var took = TimeProvider.System.GetElapsedTime(asked);
        output.WriteLine($"the broker ended {took.TotalMilliseconds:0} ms after SIGTERM");
        took.Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    private static JsonPayload Message(int number) => JsonPayload.Parse($$"""{"number":{{number}},"text":"{{Filling}}"}""");

    private List<string> Notes()
    {
        using var stream = new FileStream(_notes, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').SkipLast(1)];
    }

    /// <summary>Numbers that do not follow upon the one before though nothing was said of a gap.</summary>
    private static List<string> HolesWithoutWarning(List<string> notes)
    {
        var holes = new List<string>();
        var next = int.Parse(notes[0], CultureInfo.InvariantCulture);
        var warnings = 0;
        foreach (var note in notes)
        {
            if (note == "gap")
            {
                warnings++;
                continue;
            }

            // A warning may come some messages before the hole.
            var number = int.Parse(note, CultureInfo.InvariantCulture);
            if (number < next || (number > next && warnings-- == 0))
            {
                holes.Add($"{number} after {next - 1}");
            }

            next = number + 1;
        }

        return holes;
    }

    /// <summary>A subscriber that is well.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<int, bool> _heard = new();
        private WebSocketBrokerClient? _client;
        private int _gaps;

        public int Heard => _heard.Count;

        public static async Task<Listener> StartAsync(BrokerProcess broker)
        {
            var listener = new Listener { _client = await broker.ConnectAsync(Token) };
            await listener._client.SubscribeAsync(
                Topic,
                (message, _) =>
                {
                    listener._heard.TryAdd(Parts.NumberOf(message.Payload), true);
                    return ValueTask.CompletedTask;
                },
                new() { OnGap = _ => Interlocked.Increment(ref listener._gaps) },
                Token);
            return listener;
        }

        public void ShouldHaveHeardAll(int count)
        {
            Heard.Should().Be(count);
            _gaps.Should().Be(0);
        }

        public ValueTask DisposeAsync() => _client!.DisposeAsync();
    }
}
