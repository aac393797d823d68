using System.Collections.Concurrent;
using Promethean.Broker;

namespace Promethean.Chaos.Tests;

/// <summary>SIGSTOP to the broker, with callers that wait.</summary>
[Trait("Category", "Integration")]
public sealed class StoppedBrokerTests(ITestOutputHelper output)
{
    private const int Tasks = 100;
    private const int Callers = 20;

    private static readonly JsonPayload Large = JsonPayload.Parse($"\"{new string('x', 256 * 1024)}\"");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The second time nothing can be sent any more either, not even a ping: what the broker does not read fills the socket.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Callers_of_a_stopped_broker_hear_in_time_and_afterwards_all_works_again(bool isSocketFull)
    {
        await using var broker = await BrokerProcess.ServeAsync(Timing.Short, Token);
        var deadline = TimeSpan.FromMilliseconds(800);
        var options = broker.Options();
        options.RequestTimeout = deadline;
        await using var client = await WebSocketBrokerClient.ConnectAsync(options, cancellationToken: Token);
        await using var serving = await broker.ConnectAsync(Token);
        await using var worker = await serving.ServeAsync(["hold"], Numbers.HoldAsync, new() { Concurrency = Callers }, Token);
        await using var listening = await broker.ConnectAsync(Token);
        var heard = new ConcurrentQueue<int>();
        await using var subscription = await listening.SubscribeAsync(
            "news",
            (message, _) =>
            {
                heard.Enqueue(Numbers.Of(message.Payload));
                return ValueTask.CompletedTask;
            },
            cancellationToken: Token);
        for (var number = 0; number < Tasks; number++)
        {
            await client.EnqueueAsync("kept", Numbers.Payload(number), cancellationToken: Token);
        }

        // Half of the requests are at the worker when the broker stops; the other half comes afterwards.
        var calls = new Measured();
        var held = 0;
        var waiting = Enumerable.Range(0, Callers / 2).Select(_ => calls.MakeAsync(deadline, AskAsync)).ToList();
        await Until.TrueAsync(() => Volatile.Read(ref held) == Callers / 2, TimeProvider.System.GetTimestamp(), Token);
        var stopped = TimeProvider.System.GetTimestamp();
        broker.Process.StopHere();
        waiting.AddRange(Enumerable.Range(0, Callers / 2).Select(_ => calls.MakeAsync(deadline, AskAsync)));
        for (var number = 0; number < Callers; number++)
        {
            var payload = isSocketFull ? Large : Numbers.Payload(number);
            waiting.Add(calls.MakeAsync(deadline, async () => await client.PublishAsync("unheard", payload, cancellationToken: Token)));
            waiting.Add(calls.MakeAsync(deadline, async () => await client.EnqueueAsync("perhaps", payload, cancellationToken: Token)));
        }

        var found = await Task.WhenAll(new[] { client, serving, listening }.Select(one =>
            Until.TrueAsync(() => one.State is not BrokerConnectionState.Connected, stopped, Token)));
        await Task.WhenAll(waiting);
        calls.Answered.Should().Be(0);
        broker.Process.GoOn();
        var continued = TimeProvider.System.GetTimestamp();
        var back = await Task.WhenAll(new[] { client, serving, listening }.Select(one =>
            Until.TrueAsync(() => one.State is BrokerConnectionState.Connected, continued, Token)));

        output.WriteLine($"calls: {calls}");
        output.WriteLine($"found after {found.Max().TotalMilliseconds:0} ms, back {back.Max().TotalMilliseconds:0} ms after the broker");
        calls.ShouldHaveEndedInTime();
        found.Max().Should().BeLessThanOrEqualTo(broker.Timing.Found);
        await client.PublishAsync("news", Numbers.Payload(1), cancellationToken: Token);
        await Until.TrueAsync(() => heard.Contains(1), continued, Token);
        (await client.RequestStreamAsync("hold", default, cancellationToken: Token).FirstAsync(Token)).Event.Should().Be("held");
        var kept = new ConcurrentDictionary<int, bool>();
        await using var consumer = await client.ConsumeAsync(
            "kept",
            (delivery, _) =>
            {
                kept.TryAdd(Numbers.Of(delivery.Task.Payload), true);
                return ValueTask.CompletedTask;
            },
            new() { Credit = Tasks },
            Token);
        await Until.TrueAsync(() => kept.Count == Tasks, continued, Token);

        async Task AskAsync()
        {
            await foreach (var _ in client.RequestStreamAsync("hold", default, cancellationToken: Token))
            {
                Interlocked.Increment(ref held);
            }
        }
    }
}
