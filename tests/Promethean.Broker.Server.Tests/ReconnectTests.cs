using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Server.Tests;

public sealed class ReconnectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_loss_subscriptions_and_workers_are_back_before_the_state_is_connected()
    {
        await using var broker = await TestBroker.StartAsync(options => options.ResumeWindow = TimeSpan.Zero);
        var client = broker.Client();
        var got = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.SubscribeAsync("news.*", Take, cancellationToken: Token);
        await client.ServeAsync(["job"], WorkerReplies.EchoAsync, cancellationToken: Token);
        var states = client.WatchStateAsync(Token).GetAsyncEnumerator(Token);
        await states.MoveNextAsync();

        broker.AbortConnections();
        var seen = new List<BrokerConnectionState>();
        while (await states.MoveNextAsync())
        {
            seen.Add(states.Current);
            if (states.Current == BrokerConnectionState.Connected)
            {
                break;
            }
        }

        seen.Should().Equal(BrokerConnectionState.Disconnected, BrokerConnectionState.Connecting, BrokerConnectionState.Connected);
        var other = broker.Client();
        await other.PublishAsync("news.today", JsonPayload.Parse("1"), cancellationToken: Token);
        (await got.Task.WaitAsync(TestBroker.HangGuard, TimeProvider.System, Token)).Should().Be("news.today");
        (await other.RequestAsync("job", JsonPayload.Parse("7"), cancellationToken: Token)).Body.ToString().Should().Be("""{"echo":7}""");

        ValueTask Take(BrokerMessage message, CancellationToken cancellationToken)
        {
            got.TrySetResult(message.Topic);
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task A_request_in_flight_fails_as_transient_and_is_not_sent_again()
    {
        await using var broker = await TestBroker.StartAsync(options => options.ResumeWindow = TimeSpan.Zero);
        var served = 0;
        var worker = broker.Client();
        await worker.ServeAsync(["job"], Count, cancellationToken: Token);
        var caller = broker.Client();
        await using var replies = caller.RequestStreamAsync("job", default, cancellationToken: Token).GetAsyncEnumerator(Token);
        (await replies.MoveNextAsync()).Should().BeTrue();
        broker.AbortConnections();
        var failure = await FluentActions.Awaiting(async () => await replies.MoveNextAsync()).Should().ThrowAsync<BrokerException>();
        failure.Which.IsTransient.Should().BeTrue();
        await caller.PublishAsync("after", default, cancellationToken: Token);
        served.Should().Be(1);

        IAsyncEnumerable<BrokerReply> Count(BrokerRequest request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref served);
            return WorkerReplies.HangAsync(request, cancellationToken);
        }
    }

    [Fact]
    public async Task A_call_made_while_disconnected_waits_for_the_connection()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.IsUnreachable = true;
        var client = broker.Client(options => options.DisconnectedTimeout = TestBroker.HangGuard);
        var publishing = client.PublishAsync("topic", default, cancellationToken: Token).AsTask();
        await Until.TrueAsync(() => broker.Attempts >= 3);
        publishing.IsCompleted.Should().BeFalse();
        broker.IsUnreachable = false;
        await publishing;
        client.State.Should().Be(BrokerConnectionState.Connected);
    }

    [Fact]
    public async Task A_call_waits_no_longer_than_asked_and_tells_the_last_failure()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.IsUnreachable = true;
        var time = new FakeTimeProvider();
        var client = broker.Client(options => options.ReconnectDelay = options.MaxReconnectDelay = TimeSpan.FromMinutes(1), time);
        var impatient = async () => await client.PublishAsync("topic", default, new() { DisconnectedTimeout = TimeSpan.Zero }, Token);
        (await impatient.Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Timeout);
        await Until.TrueAsync(() => client.State == BrokerConnectionState.Disconnected && broker.Attempts == 1);

        var patient = client.PublishAsync("topic", default, new() { DisconnectedTimeout = TimeSpan.FromSeconds(3) }, Token).AsTask();
        time.Advance(TimeSpan.FromSeconds(3));
        var failure = await FluentActions.Awaiting(() => patient).Should().ThrowAsync<BrokerException>();
        failure.Which.Code.Should().Be(BrokerErrorCode.Timeout);
        failure.Which.Message.Should().Contain("The test's network is down.");
    }

    [Fact]
    public async Task Attempts_follow_the_delays_of_the_clock()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.IsUnreachable = true;
        // The delays alone: what else waits by this clock waits longer.
        var time = new CountedTime(TimeSpan.FromSeconds(4));
        var client = broker.Client(
            options =>
            {
                options.ReconnectDelay = TimeSpan.FromSeconds(1);
                options.MaxReconnectDelay = TimeSpan.FromSeconds(4);
                options.DisconnectedTimeout = TimeSpan.FromSeconds(5);
            },
            time);
        var connecting = client.ConnectAsync(Token).AsTask();
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            // Time must not pass between the end of an attempt and the start of its delay.
            await Until.TrueAsync(() => broker.Attempts == attempt && time.Timers == attempt);
            // Half the delay is the least that jitter leaves.
            var delay = TimeSpan.FromSeconds(Math.Min(4, Math.Pow(2, attempt - 1)));
            time.Advance((delay / 2) - TimeSpan.FromMilliseconds(1));
            broker.Attempts.Should().Be(attempt);
            time.Advance((delay / 2) + TimeSpan.FromMilliseconds(1));
        }

        await FluentActions.Awaiting(() => connecting).Should().ThrowAsync<BrokerException>();
    }

    [Fact]
    public async Task A_request_times_out_by_the_clients_clock_and_is_cancelled()
    {
        await using var broker = await TestBroker.StartAsync();
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await broker.Client().ServeAsync(["job"], Watch, cancellationToken: Token);
        var time = new FakeTimeProvider();
        var client = broker.Client(time: time);
        await using var replies = client.RequestStreamAsync("job", default, new() { Timeout = TimeSpan.FromMinutes(5) }, Token).GetAsyncEnumerator(Token);
        await replies.MoveNextAsync();
        var next = replies.MoveNextAsync().AsTask();
        time.Advance(TimeSpan.FromMinutes(5));
        var failure = await FluentActions.Awaiting(() => next).Should().ThrowAsync<BrokerException>();
        failure.Which.Code.Should().Be(BrokerErrorCode.Timeout);
        await cancelled.Task.WaitAsync(TestBroker.HangGuard, TimeProvider.System, Token);

        IAsyncEnumerable<BrokerReply> Watch(BrokerRequest request, CancellationToken cancellationToken)
        {
            cancellationToken.Register(() => cancelled.TrySetResult());
            return WorkerReplies.HangAsync(request, cancellationToken);
        }
    }

    [Fact]
    public async Task A_caller_that_does_not_read_its_events_fails_alone()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.Client().ServeAsync(["flood"], FloodAsync, cancellationToken: Token);
        var client = broker.Client(options => options.MaxPendingReplies = 4);
        await using var replies = client.RequestStreamAsync("flood", default, cancellationToken: Token).GetAsyncEnumerator(Token);
        (await replies.MoveNextAsync()).Should().BeTrue();
        await Until.TrueAsync(() => broker.Work.Count().Open == 1 && broker.Frames.Sent.Any(text => text.Contains("cancel", StringComparison.Ordinal)) is false);
        await client.PublishAsync("still.alive", default, cancellationToken: Token);
        var failure = await FluentActions.Awaiting(async () =>
        {
            while (await replies.MoveNextAsync())
            {
                await client.PublishAsync("still.alive", default, cancellationToken: Token);
            }
        }).Should().ThrowAsync<BrokerException>();
        failure.Which.Code.Should().Be(BrokerErrorCode.Overloaded);
        await Until.TrueAsync(() => broker.Work.Count().Open == 0);

        static async IAsyncEnumerable<BrokerReply> FloodAsync(
            BrokerRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await Task.Yield();
                yield return WorkerReplies.Partial();
            }
        }
    }

    [Fact]
    public async Task A_frame_that_is_too_large_is_refused_before_it_is_sent()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = broker.Client(options => options.MaxSentFrameBytes = 1000);
        var large = JsonPayload.Parse($"\"{new string('x', 1000)}\"");
        await client.ServeAsync(["large"], (_, _) => One(new("done", JsonPayload.Parse($"{{\"x\":{large}}}"), true)), cancellationToken: Token);
        var publishing = async () => await client.PublishAsync("topic", large, cancellationToken: Token);
        (await publishing.Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.TooLarge);
        var asking = async () => await client.RequestAsync("large", default, cancellationToken: Token);
        (await asking.Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.TooLarge);
        client.State.Should().Be(BrokerConnectionState.Connected);

        static async IAsyncEnumerable<BrokerReply> One(BrokerReply reply)
        {
            await Task.Yield();
            yield return reply;
        }
    }
}
