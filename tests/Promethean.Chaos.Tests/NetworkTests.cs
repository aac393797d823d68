using System.Collections.Concurrent;
using Promethean.Broker;

namespace Promethean.Chaos.Tests;

/// <summary>A network that fails in the middle of everything, and heals within the resume window.</summary>
[Trait("Category", "Integration")]
public sealed class NetworkTests(BrokerFixture fixture, ITestOutputHelper output) : IClassFixture<BrokerFixture>
{
    private const int Messages = 500;
    private const int Tasks = 300;
    private const int AtOnce = 8;

    // Slow enough that the fault comes in the middle.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    public static TheoryData<NetworkFault> Faults =>
    [
        NetworkFault.BlackHole, NetworkFault.ClientToBroker, NetworkFault.BrokerToClient, NetworkFault.Reset, NetworkFault.ByteByByte, NetworkFault.Latency,
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private BrokerProcess Broker => fixture.Broker;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Within_the_window_no_message_is_lost_or_doubled(NetworkFault fault)
    {
        var topic = $"numbers.{fault}";
        await using var proxy = new FaultyProxy(Broker.Url);
        await using var publisher = await Broker.ConnectAsync(Token, proxy.Url);
        await using var subscriber = await Broker.ConnectAsync(Token, proxy.Url);
        var received = new ConcurrentQueue<int>();
        var gaps = 0;
        await using var subscription = await subscriber.SubscribeAsync(
            topic,
            (message, _) =>
            {
                received.Enqueue(Numbers.Of(message.Payload));
                return ValueTask.CompletedTask;
            },
            new() { OnGap = _ => Interlocked.Increment(ref gaps) },
            Token);

        var started = TimeProvider.System.GetTimestamp();
        var acknowledged = 0;
        var publishing = EachAsync(Messages, async (number, token) =>
        {
            await publisher.PublishAsync(topic, Numbers.Payload(number), cancellationToken: token);
            Interlocked.Increment(ref acknowledged);
        });
        await Until.TrueAsync(() => Volatile.Read(ref acknowledged) >= Messages / 4, started, Token);
        await SufferAsync(proxy, fault, [publisher, subscriber], () => acknowledged.Should().BeLessThan(Messages, "it is in the middle"));
        await publishing.WaitAsync(ChildProcess.HangGuard, TimeProvider.System, Token);
        // Of several publishes at once the order is the broker's, and this one comes after all of them.
        await publisher.PublishAsync(topic, Numbers.Payload(Messages), cancellationToken: Token);
        await Until.TrueAsync(() => received.Contains(Messages), started, Token);

        received.Order().Should().Equal(Enumerable.Range(0, Messages + 1));
        gaps.Should().Be(0);
        output.WriteLine($"{Messages} messages in {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:0} ms");
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Every_caller_has_an_answer_or_an_error_by_its_deadline(NetworkFault fault)
    {
        var action = $"answer.{fault}";
        var deadline = TimeSpan.FromMilliseconds(700);
        var patience = TimeSpan.FromMilliseconds(200);
        await using var proxy = new FaultyProxy(Broker.Url);
        var options = Broker.Options(proxy.Url);
        options.RequestTimeout = deadline;
        await using var caller = await WebSocketBrokerClient.ConnectAsync(options, cancellationToken: Token);
        await using var serving = await Broker.ConnectAsync(Token, proxy.Url);
        await using var worker = await serving.ServeAsync([action], Numbers.AnswerAsync, new() { Concurrency = AtOnce }, Token);
        var requests = new Measured();
        var publishes = new Measured();
        var enqueues = new Measured();
        using var healed = new CancellationTokenSource();
        var asking = Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => LoopAsync(requests, deadline, async () =>
            await caller.RequestAsync(action, default, cancellationToken: Token))));
        var telling = Task.WhenAll(
            LoopAsync(publishes, deadline + patience, async () => await caller.PublishAsync("nobody.listens", default, new() { DisconnectedTimeout = patience }, Token)),
            LoopAsync(enqueues, deadline + patience, async () => await caller.EnqueueAsync("nobody.consumes", default, new() { DisconnectedTimeout = patience }, Token)));

        await Until.TrueAsync(() => requests.Answered >= 10, TimeProvider.System.GetTimestamp(), Token);
        await SufferAsync(proxy, fault, [caller, serving], () => asking.IsCompleted.Should().BeFalse());
        await healed.CancelAsync();
        await Task.WhenAll(asking, telling).WaitAsync(ChildProcess.HangGuard, TimeProvider.System, Token);

        output.WriteLine($"requests: {requests}");
        output.WriteLine($"publishes: {publishes}");
        output.WriteLine($"enqueues: {enqueues}");
        requests.ShouldHaveEndedInTime();
        publishes.ShouldHaveEndedInTime();
        enqueues.ShouldHaveEndedInTime();
        (await caller.RequestAsync(action, default, new() { Timeout = ChildProcess.HangGuard }, Token)).IsFinal.Should().BeTrue("the network is well again");

        async Task LoopAsync(Measured measured, TimeSpan limit, Func<Task> call)
        {
            while (!healed.IsCancellationRequested)
            {
                if (!await measured.MakeAsync(limit, call))
                {
                    // A caller that is refused at once would otherwise do nothing but call.
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task No_acknowledged_task_is_lost_and_no_acknowledged_end_is_undone(NetworkFault fault)
    {
        var queue = $"tasks.{fault}";
        await using var proxy = new FaultyProxy(Broker.Url);
        await using var producer = await Broker.ConnectAsync(Token, proxy.Url);
        await using var consuming = await Broker.ConnectAsync(Token, proxy.Url);
        var done = new ConcurrentDictionary<int, bool>();
        var undone = new ConcurrentQueue<int>();
        await using var consumer = await consuming.ConsumeAsync(
            queue,
            async (delivery, token) =>
            {
                var number = Numbers.Of(delivery.Task.Payload);
                if (done.ContainsKey(number))
                {
                    undone.Enqueue(number);
                }

                await delivery.AckAsync(token);
                done[number] = true;
            },
            new() { Credit = AtOnce },
            Token);

        var started = TimeProvider.System.GetTimestamp();
        var enqueuing = EachAsync(Tasks, async (number, token) => await producer.EnqueueAsync(queue, Numbers.Payload(number), cancellationToken: token));
        await Until.TrueAsync(() => done.Count >= Tasks / 4, started, Token);
        await SufferAsync(proxy, fault, [producer, consuming], () => enqueuing.IsCompleted.Should().BeFalse("it is in the middle"));
        await enqueuing.WaitAsync(ChildProcess.HangGuard, TimeProvider.System, Token);
        await Until.TrueAsync(() => done.Count == Tasks, started, Token);
        await consumer.DrainAsync(Token);

        undone.Should().BeEmpty("what was acknowledged as done does not come again");
        output.WriteLine($"{Tasks} tasks in {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:0} ms");
    }

    /// <summary>Has the network fail until both sides have found out, and heals it.</summary>
    private async Task SufferAsync(FaultyProxy proxy, NetworkFault fault, WebSocketBrokerClient[] clients, Action check)
    {
        var connections = proxy.Connections;
        var started = TimeProvider.System.GetTimestamp();
        proxy.Fault = fault;
        check();
        if (fault is NetworkFault.ByteByByte or NetworkFault.Latency)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Token);
            clients.Should().OnlyContain(client => client.State == BrokerConnectionState.Connected, "a slow network is no loss");
            proxy.Fault = NetworkFault.None;
            return;
        }

        var byClients = Task.WhenAll(clients.Select(client =>
            Until.TrueAsync(() => client.State is not BrokerConnectionState.Connected, started, Token)));
        var byBroker = Until.TrueAsync(() => connections.All(connection => connection.BrokerGone.IsCompleted), started, Token);
        // Where what clients send still arrives, so do their attempts to come back.
        var gone = fault == NetworkFault.BrokerToClient ? byBroker
            : Until.TrueAsync(async () => await BrokerProcess.ConnectionsAsync(fixture.Watching, Token) == 1, started, Token);
        var foundByClients = (await byClients).Max();
        var foundByBroker = await byBroker;
        var goneFromMetrics = await gone;
        proxy.Fault = NetworkFault.None;
        var back = await Task.WhenAll(clients.Select(client => Until.TrueAsync(() => client.State is BrokerConnectionState.Connected, started, Token)));

        output.WriteLine($"found by clients after {foundByClients.TotalMilliseconds:0} ms, by the broker after {foundByBroker.TotalMilliseconds:0} ms, "
            + $"gone from its metrics after {goneFromMetrics.TotalMilliseconds:0} ms, back after {back.Max().TotalMilliseconds:0} ms");
        foundByClients.Should().BeLessThanOrEqualTo(Broker.Timing.Found);
        foundByBroker.Should().BeLessThanOrEqualTo(Broker.Timing.Found);
        goneFromMetrics.Should().BeLessThanOrEqualTo(Broker.Timing.Found);
    }

    private static Task EachAsync(int count, Func<int, CancellationToken, ValueTask> act) => Parallel.ForEachAsync(
        Enumerable.Range(0, count),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Token },
        async (number, token) =>
        {
            await act(number, token);
            await Task.Delay(Pace, TimeProvider.System, token);
        });
}
