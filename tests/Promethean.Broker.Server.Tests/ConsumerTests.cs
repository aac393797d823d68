using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>Consumers of the client when connections break, leases end and many run at once.</summary>
public sealed class ConsumerTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_loss_consumers_are_back_and_what_they_held_comes_again()
    {
        await using var broker = await TestBroker.StartAsync(options => options.ResumeWindow = TimeSpan.Zero);
        var client = broker.Client();
        var seen = System.Threading.Channels.Channel.CreateBounded<IQueueDelivery>(16);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.ConsumeAsync("q", HoldFirstAsync, cancellationToken: Token);
        await client.EnqueueAsync("q", default, cancellationToken: Token);
        var first = await seen.Reader.ReadAsync(Token);

        broker.AbortConnections();
        await ended.Task.WaitAsync(TestBroker.HangGuard, TimeProvider.System, Token);
        var second = await seen.Reader.ReadAsync(Token);
        second.Task.Id.Should().Be(first.Task.Id);
        second.Task.Attempts.Should().Be(2);
        await Until.TrueAsync(() => broker.Queues.Count() is (1, 0, 0));
        var late = async () => await first.AckAsync(Token);
        (await late.Should().ThrowAsync<BrokerException>()).Which.IsTransient.Should().BeTrue();

        async ValueTask HoldFirstAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
        {
            await seen.Writer.WriteAsync(delivery, CancellationToken.None);
            if (delivery.Task.Attempts == 1)
            {
                cancellationToken.Register(() => ended.TrySetResult());
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }
        }
    }

    [Fact]
    public async Task A_consumer_that_was_disposed_while_disconnected_is_not_brought_back()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = broker.Client();
        var consumer = await client.ConsumeAsync("q", (_, _) => ValueTask.CompletedTask, cancellationToken: Token);
        broker.IsUnreachable = true;
        broker.AbortConnections();
        await Until.TrueAsync(() => client.State != BrokerConnectionState.Connected && broker.Queues.Count().Consumers == 0);
        await consumer.DisposeAsync();
        broker.IsUnreachable = false;
        await client.EnqueueAsync("q", default, new() { DisconnectedTimeout = TestBroker.HangGuard }, Token);
        broker.Queues.Count().Should().Be((0, 1, 1));
    }

    [Fact]
    public async Task A_handlers_token_ends_with_the_lease_by_the_clients_clock()
    {
        await using var broker = await TestBroker.StartAsync();
        var time = new FakeTimeProvider();
        var client = broker.Client(time: time);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = await client.ConsumeAsync("q", HoldAsync, new() { Lease = TimeSpan.FromMinutes(3) }, Token);
        await client.EnqueueAsync("q", default, cancellationToken: Token);
        await entered.Task.WaitAsync(TestBroker.HangGuard, TimeProvider.System, Token);
        time.Advance(TimeSpan.FromMinutes(3) - TimeSpan.FromMilliseconds(1));
        ended.Task.IsCompleted.Should().BeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));
        await ended.Task.WaitAsync(TestBroker.HangGuard, TimeProvider.System, Token);
        await Until.TrueAsync(() => consumer.Active == 0);
        broker.Queues.Count().Tasks.Should().Be(1, "the broker's own clock ends its lease");

        async ValueTask HoldAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
        {
            cancellationToken.Register(() => ended.TrySetResult());
            entered.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
    }

    [Fact]
    public async Task A_full_queue_tells_the_client_when_to_come_again()
    {
        await using var broker = await TestBroker.StartAsync(options => options.MaxQueuedTasks = 1);
        var client = broker.Client();
        await client.EnqueueAsync("q", default, cancellationToken: Token);
        var another = async () => await client.EnqueueAsync("q", default, cancellationToken: Token);
        var failure = (await another.Should().ThrowAsync<BrokerException>()).Which;
        failure.Code.Should().Be(BrokerErrorCode.Overloaded);
        failure.RetryAfter.Should().BePositive();
    }

    /// <summary>Senders, consumers that fail at random, and one that leaves in the midst of it: every task is done, and the broker
    /// forgets them all.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(20261125)]
    public async Task Every_task_is_done_at_least_once(int seed)
    {
        output.WriteLine($"seed {seed}");
        const int Senders = 3, TasksEach = 100;
        await using var broker = await TestBroker.StartAsync();
        var done = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        var random = new Random(seed);
        var options = new ConsumeOptions { Credit = 3, RetryDelay = TimeSpan.Zero };
        var leaving = broker.Client();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await leaving.ConsumeAsync("q", EnterAsync, options, Token);
        await broker.Client().ConsumeAsync("q", HandleAsync, options, Token);
        await broker.Client().ConsumeAsync("q", HandleAsync, new() { RetryDelay = TimeSpan.Zero }, Token);

        var sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() => SendAsync(broker.Client(), sender), Token)));
        await entered.Task.WaitAsync(TestBroker.HangGuard, TimeProvider.System, Token);
        await leaving.DisposeAsync();
        await sending;
        await Until.TrueAsync(() => broker.Queues.Count() is (2, 0, 0));
        done.Should().HaveCount(Senders * TasksEach);

        async Task SendAsync(WebSocketBrokerClient client, int sender) => await Task.WhenAll(Enumerable.Range(0, TasksEach).Select(number =>
            client.EnqueueAsync("q", JsonPayload.Parse($"\"{sender}.{number}\""), new() { MaxAttempts = 1000 }, Token).AsTask()));

        ValueTask EnterAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
        {
            entered.TrySetResult();
            return HandleAsync(delivery, cancellationToken);
        }

        async ValueTask HandleAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
        {
            int chance;
            lock (random)
            {
                chance = random.Next(6);
            }

            await Task.Yield();
            if (chance == 0)
            {
                throw new InvalidOperationException("As chance would have it.");
            }

            if (chance == 1)
            {
                await delivery.NackAsync(cancellationToken: cancellationToken);
                return;
            }

            done.AddOrUpdate(delivery.Task.Payload.ToString(), 1, (_, count) => count + 1);
        }
    }
}
