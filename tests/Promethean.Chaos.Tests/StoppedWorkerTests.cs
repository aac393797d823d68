using System.Collections.Concurrent;
using Promethean.Broker;

namespace Promethean.Chaos.Tests;

/// <summary>SIGSTOP to a process that works, with requests and tasks in its hands.</summary>
[Trait("Category", "Integration")]
public sealed class StoppedWorkerTests(ITestOutputHelper output)
{
    private const int Callers = 20;
    private const int TasksPerQueue = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Callers_of_a_stopped_worker_hear_in_time_and_its_tasks_go_to_another()
    {
        var timing = new Timing(TimeSpan.FromMilliseconds(1000), TimeSpan.FromMilliseconds(1000), TimeSpan.FromSeconds(1));
        await using var broker = await BrokerProcess.ServeAsync(timing, Token);
        await using var client = await broker.ConnectAsync(Token);
        foreach (var queue in new[] { Parts.ShortQueue, Parts.LongQueue })
        {
            for (var number = 0; number < TasksPerQueue; number++)
            {
                await client.EnqueueAsync(queue, Numbers.Payload(number), cancellationToken: Token);
            }
        }

        await using var child = ChildProcess.StartPart(nameof(Parts.Works), Parts.Environment(broker.Url, ""));
        await Until.TrueAsync(async () => await IsServedAsync(client), TimeProvider.System.GetTimestamp(), Token);
        // It registers for the queues first, so whatever comes to these from here on is a second attempt.
        var calls = new Measured();
        var held = 0;
        var asking = Enumerable.Range(0, Callers).Select(number => calls.MakeAsync(TimeSpan.FromMilliseconds(1000 + (50 * number)), () => AskAsync(number))).ToList();
        var unbounded = Task.Run(() => AskAsync(null), Token);
        await Until.TrueAsync(() => Volatile.Read(ref held) == Callers + 1, TimeProvider.System.GetTimestamp(), Token);

        var stopped = TimeProvider.System.GetTimestamp();
        child.StopHere();
        var came = new ConcurrentQueue<(string Queue, int Attempts, TimeSpan After)>();
        await using var ofShort = await client.ConsumeAsync(Parts.ShortQueue, TakeAsync, new() { Credit = TasksPerQueue }, Token);
        await using var ofLong = await client.ConsumeAsync(Parts.LongQueue, TakeAsync, new() { Credit = TasksPerQueue }, Token);
        await Task.WhenAll(asking);
        (await unbounded.Awaiting(ended => ended).Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Internal, "its worker was given up");
        var givenUp = TimeProvider.System.GetElapsedTime(stopped);
        await Until.TrueAsync(() => came.Count == 2 * TasksPerQueue, stopped, Token);

        // Until the broker has found out, the one that stands still has credit like anyone and is given some of them again.
        var afterLease = came.Where(task => task.Queue == Parts.ShortQueue).Min(task => task.After);
        var afterLoss = came.Max(task => task.After);
        output.WriteLine($"calls: {calls}");
        output.WriteLine($"a call without a near deadline failed after {givenUp.TotalMilliseconds:0} ms; the first task came to another after {afterLease.TotalMilliseconds:0} ms by their lease "
            + $"({Parts.ShortLease.TotalMilliseconds:0} ms), the last after {afterLoss.TotalMilliseconds:0} ms by the loss of the connection");
        calls.ShouldHaveEndedInTime();
        calls.Answered.Should().Be(0);
        givenUp.Should().BeLessThanOrEqualTo(timing.Found + timing.ResumeWindow);
        afterLoss.Should().BeLessThanOrEqualTo(timing.Found + timing.ResumeWindow);
        came.Where(task => task.Queue == Parts.LongQueue).Should().OnlyContain(task => task.Attempts == 2);
        afterLease.Should().BeLessThanOrEqualTo(Parts.ShortLease + Timing.Grace);

        child.GoOn();
        await Until.TrueAsync(async () => await IsServedAsync(client), TimeProvider.System.GetTimestamp(), Token);

        async Task AskAsync(int? number)
        {
            var options = new RequestOptions { Timeout = number is { } some ? TimeSpan.FromMilliseconds(1000 + (50 * some)) : ChildProcess.HangGuard };
            await foreach (var _ in client.RequestStreamAsync(Parts.Held, default, options, Token))
            {
                Interlocked.Increment(ref held);
            }
        }

        ValueTask TakeAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
        {
            came.Enqueue((delivery.Task.Queue, delivery.Task.Attempts, TimeProvider.System.GetElapsedTime(stopped)));
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Whether a worker takes a request, which is then cancelled.</summary>
    private static async Task<bool> IsServedAsync(WebSocketBrokerClient client)
    {
        try
        {
            await foreach (var _ in client.RequestStreamAsync(Parts.Held, default, new() { Timeout = TimeSpan.FromSeconds(1) }, Token))
            {
                return true;
            }
        }
        catch (BrokerException e) when (e.IsTransient)
        {
            // Not yet.
        }

        return false;
    }
}
