namespace Promethean.Broker.Server.Tests;

public sealed class OverflowTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_whose_subscriber_waits_for_room_is_disposed_at_once()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = broker.Client();
        var publisher = broker.Client();
        var options = new SubscribeOptions { Capacity = 1, Overflow = BrokerOverflow.Wait, OverflowTimeout = TimeSpan.FromMinutes(1) };
        var subscription = await client.SubscribeAsync("full", HangAsync, options, Token);
        for (var i = 0; i < 10; i++)
        {
            await publisher.PublishAsync("full", default, cancellationToken: Token);
        }

        await Until.TrueAsync(() => subscription.Pending > 2);
        await client.DisposeAsync().AsTask().WaitAsync(TestBroker.HangGuard, TimeProvider.System, Token);
        subscription.Completion.IsCompletedSuccessfully.Should().BeTrue();
        (subscription.Pending, subscription.Dropped).Should().Be((0, 0L));
    }

    [Fact]
    public async Task A_client_whose_subscriber_waits_for_room_still_calls()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = broker.Client();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handled = 0;
        var options = new SubscribeOptions { Capacity = 1, Overflow = BrokerOverflow.Wait, OverflowTimeout = TimeSpan.FromSeconds(30) };
        var subscription = await client.SubscribeAsync("full", HandleAsync, options, Token);
        // Its own acknowledgements stand behind the messages that wait.
        var publishing = Enumerable.Range(0, 20).Select(_ => client.PublishAsync("full", default, cancellationToken: Token).AsTask()).ToList();
        await Until.TrueAsync(() => subscription.Pending > options.Capacity);
        gate.SetResult();
        await Task.WhenAll(publishing);
        await subscription.DrainAsync(Token);
        handled.Should().Be(20);
        subscription.Dropped.Should().Be(0);

        async ValueTask HandleAsync(BrokerMessage message, CancellationToken cancellationToken)
        {
            await gate.Task.WaitAsync(cancellationToken);
            handled++;
        }
    }

    private static async ValueTask HangAsync(BrokerMessage message, CancellationToken cancellationToken) =>
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
}
