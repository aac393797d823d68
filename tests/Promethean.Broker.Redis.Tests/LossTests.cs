using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Promethean.Broker.Redis.Tests;

/// <summary>What happens when a client goes without a word: its connection ends and it never leaves, as of a process that was killed.</summary>
[Trait("Category", "Integration")]
public sealed class LossTests(RedisFixture fixture)
{
    [Fact]
    public async Task The_request_of_a_worker_that_died_fails_within_the_presence_time_and_may_be_tried_again()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var (doomed, connection) = await DoomedAsync(broker);
        var started = new TaskCompletionSource();
        await doomed.ServeAsync(["stand"], Workers.Standing(started), cancellationToken: guard.Token);
        var caller = broker.Client();
        var begun = TimeProvider.System.GetTimestamp();
        var asking = AskAsync(caller, "stand", guard.Token);
        await started.Task.WaitAsync(guard.Token);

        await connection.DisposeAsync();

        var error = (await asking.Invoking(task => task).Should().ThrowAsync<BrokerException>()).Which;
        error.Code.Should().Be(BrokerErrorCode.Internal);
        error.IsTransient.Should().BeTrue();
        error.Message.Should().Contain("left");
        TimeProvider.System.GetElapsedTime(begun).Should().BeLessThan(TimeSpan.FromSeconds(10), "the request itself had a minute");
    }

    [Fact]
    public async Task A_request_never_goes_to_a_worker_whose_connection_is_gone()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var (doomed, connection) = await DoomedAsync(broker);
        await doomed.ServeAsync(["echo"], Workers.EchoAsync, cancellationToken: guard.Token);
        var (caller, other) = (broker.Client(), broker.Client());
        await connection.DisposeAsync();

        await AskAsync(caller, "echo", guard.Token).Invoking(task => task).Should().ThrowAsync<BrokerException>().Where(e => e.Code == BrokerErrorCode.NoResponders);
        await other.ServeAsync(["echo"], Workers.EchoAsync, cancellationToken: guard.Token);
        await AskAsync(caller, "echo", guard.Token);
    }

    [Fact]
    public async Task The_task_of_a_consumer_that_died_goes_to_another_long_before_its_lease_ends()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var (doomed, connection) = await DoomedAsync(broker);
        var (held, taken) = (new TaskCompletionSource(), new TaskCompletionSource<int>());
        await doomed.ConsumeAsync("pages", (_, token) => StandAsync(held, token), new() { Lease = TimeSpan.FromHours(1) }, guard.Token);
        var other = broker.Client();
        await other.EnqueueAsync("pages", TestBroker.Number(1), cancellationToken: guard.Token);
        await held.Task.WaitAsync(guard.Token);
        await other.ConsumeAsync(
            "pages",
            (delivery, _) =>
            {
                taken.TrySetResult(delivery.Task.Attempts);
                return default;
            },
            cancellationToken: guard.Token);

        await connection.DisposeAsync();

        (await taken.Task.WaitAsync(guard.Token)).Should().Be(2);
    }

    [Fact]
    public async Task A_task_that_is_held_for_longer_than_the_presence_time_stays_where_it_is()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var (slow, other) = (broker.Client(), broker.Client());
        await using var look = await broker.LookAsync();
        var seen = new ConcurrentQueue<int>();
        var done = new TaskCompletionSource();
        await slow.ConsumeAsync("slow", HandleAsync, cancellationToken: guard.Token);
        await other.EnqueueAsync("slow", TestBroker.Number(1), cancellationToken: guard.Token);
        await other.ConsumeAsync("slow", HandleAsync, cancellationToken: guard.Token);

        await done.Task.WaitAsync(guard.Token);

        seen.Should().Equal(1);

        async ValueTask HandleAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
        {
            seen.Enqueue(delivery.Task.Attempts);
            var (first, now) = (await HeldUntilAsync(delivery), 0.0);
            while (now < first)
            {
                // Until it would have been taken away, had it not been renewed.
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                now = new DateTimeOffset(await look.GetServers()[0].TimeAsync()).ToUnixTimeMilliseconds();
            }

            (await HeldUntilAsync(delivery)).Should().BeGreaterThan(first);
            await delivery.AckAsync(cancellationToken);
            done.TrySetResult();
        }

        async Task<double> HeldUntilAsync(IQueueDelivery delivery) =>
            await look.GetDatabase().SortedSetScoreAsync($"{broker.Prefix}{{q:slow}}:live:held", delivery.Task.Id) ?? 0;
    }

    [Fact]
    public async Task A_worker_hears_that_its_caller_died()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var (doomed, connection) = await DoomedAsync(broker);
        var (started, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        var server = broker.Client();
        await server.ServeAsync(["stand"], Workers.Standing(started, cancelled), cancellationToken: guard.Token);
        var asking = AskAsync(doomed, "stand", guard.Token);
        await started.Task.WaitAsync(guard.Token);

        await connection.DisposeAsync();

        await cancelled.Task.WaitAsync(guard.Token);
        await asking.Invoking(task => task).Should().ThrowAsync<BrokerException>();
    }

    [Fact]
    public async Task Tasks_outlive_every_client()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        await using (var first = broker.Client())
        {
            await first.EnqueueAsync("kept", TestBroker.Number(7), cancellationToken: guard.Token);
        }

        var second = broker.Client();
        await foreach (var delivery in second.TakeAllAsync("kept", cancellationToken: guard.Token))
        {
            TestBroker.Number(delivery.Task.Payload).Should().Be(7);
            await delivery.AckAsync(guard.Token);
            break;
        }
    }

    internal static async Task AskAsync(IBrokerClient client, string action, CancellationToken cancellationToken, RequestOptions? options = null)
    {
        await foreach (var _ in client.RequestStreamAsync(action, TestBroker.Number(1), options, cancellationToken))
        {
            // Only how it ends matters.
        }
    }

    private static async ValueTask StandAsync(TaskCompletionSource held, CancellationToken cancellationToken)
    {
        held.TrySetResult();
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
    }

    /// <summary>A client whose connection the test can take away from under it.</summary>
    private static async Task<(RedisBrokerClient Client, ConnectionMultiplexer Connection)> DoomedAsync(TestBroker broker)
    {
        var connection = await ConnectionMultiplexer.ConnectAsync(broker.Server.Configuration);
        return (broker.Client(options => (options.Multiplexer, options.CallTimeout) = (connection, TimeSpan.FromSeconds(1))), connection);
    }
}
