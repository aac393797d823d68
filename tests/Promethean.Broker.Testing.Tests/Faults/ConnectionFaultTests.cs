namespace Promethean.Broker.Testing.Tests;

/// <summary>What a cut, a hold and a disposal do to what is on its way.</summary>
public sealed class ConnectionFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_on_its_way_is_lost_with_the_connection_even_where_there_is_another_by_then()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(new() { Faults = new() { Latency = TimeSpan.FromSeconds(1) } }, clock);
        var client = broker.Connect();
        await client.SubscribeAsync("a", (_, _) => default, cancellationToken: Token);
        await client.PublishAsync("a", default, cancellationToken: Token);
        client.DisconnectNow();
        client.Reconnect();
        await clock.AdvanceAsync(TimeSpan.FromSeconds(2), Token);
        broker.Counters.Should().BeEquivalentTo(new { Published = 1, Delivered = 0, Dropped = 1 });
    }

    [Fact]
    public async Task A_reconnection_belongs_to_the_cut_that_asked_for_it()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(time: clock);
        var client = broker.Connect();
        client.DisconnectNow(TimeSpan.FromSeconds(1));
        client.Reconnect();
        client.DisconnectNow();
        await clock.AdvanceAsync(TimeSpan.FromSeconds(5), Token);
        client.State.Should().Be(BrokerConnectionState.Disconnected);
    }

    [Fact]
    public async Task A_client_that_is_away_does_not_delay_others()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(time: clock);
        broker.Connect().DisconnectNow(TimeSpan.FromHours(1));
        var client = broker.Connect();
        await client.SubscribeAsync("a", (_, _) => default, cancellationToken: Token);
        await client.PublishAsync("a", default, cancellationToken: Token);
        broker.ExpectDelivered("a");
    }

    [Fact]
    public async Task What_a_released_message_sets_off_comes_after_those_held_with_it()
    {
        await using var broker = new InMemoryBroker();
        var (client, other) = (broker.Connect(), broker.Connect());
        var seen = new List<string>();
        await client.SubscribeAsync(
            "a",
            async (message, token) =>
            {
                seen.Add(message.Payload.ToString());
                if (seen.Count == 1)
                {
                    await other.PublishAsync("a", JsonPayload.Parse("3"), cancellationToken: token);
                }
            },
            cancellationToken: Token);
        client.Hold(LinkDirection.ToClient);
        await other.PublishAsync("a", JsonPayload.Parse("1"), cancellationToken: Token);
        await other.PublishAsync("a", JsonPayload.Parse("2"), cancellationToken: Token);
        client.Release();
        seen.Should().Equal("1", "2", "3");
    }

    [Fact]
    public async Task What_is_held_when_the_connection_is_cut_is_lost_and_told()
    {
        await using var broker = new InMemoryBroker();
        var (client, other) = (broker.Connect(), broker.Connect());
        await client.SubscribeAsync("a", (_, _) => default, cancellationToken: Token);
        client.Hold(LinkDirection.ToClient);
        await other.PublishAsync("a", default, cancellationToken: Token);
        client.DisconnectNow();
        broker.Counters.Should().BeEquivalentTo(new { Delivered = 0, Dropped = 1 });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broker_is_disposed_though_a_handler_waits_for_a_call_that_is_held_or_slow(bool held)
    {
        var clock = new VirtualClock();
        var broker = new InMemoryBroker(new() { Faults = new() { CallLatency = held ? TimeSpan.Zero : TimeSpan.FromHours(1) } }, clock);
        var (client, other) = (broker.Connect(), broker.Connect());
        await client.SubscribeAsync("a", async (_, token) => await other.PublishAsync("b", default, cancellationToken: token), cancellationToken: Token);
        if (held)
        {
            other.Hold(LinkDirection.ToBroker);
        }

        _ = client.PublishAsync("a", default, cancellationToken: Token).AsTask();
        await clock.SettleAsync();
        broker.InFlight.Should().BeGreaterThan(0);
        await broker.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);
    }

    [Fact]
    public async Task A_broker_whose_handler_never_ends_says_so_when_it_is_disposed()
    {
        var broker = new InMemoryBroker(new() { HangGuard = TimeSpan.FromMilliseconds(30) });
        var client = broker.Connect();
        await client.SubscribeAsync("stuck", async (_, _) => await new TaskCompletionSource().Task, cancellationToken: Token);
        await client.PublishAsync("stuck", default, cancellationToken: Token);
        await broker.Awaiting(one => one.DisposeAsync().AsTask()).Should().ThrowAsync<BrokerAssertionException>().WithMessage("*token has ended*'stuck'*");
    }

    [Fact]
    public async Task A_condition_that_throws_is_an_error_in_the_log_and_breaks_nothing()
    {
        var rule = new FaultRule(">", FaultAction.Drop) { When = _ => throw new InvalidOperationException("The test's own mistake.") };
        await using var broker = new InMemoryBroker(new() { Faults = new() { Rules = [rule] } });
        var client = broker.Connect();
        var done = 0;
        await client.ConsumeAsync("q", (_, _) => { done++; return default; }, cancellationToken: Token);
        await client.EnqueueAsync("q", default, cancellationToken: Token);
        await client.EnqueueAsync("q", default, cancellationToken: Token);
        (done, broker.InFlight).Should().Be((2, 0));
        broker.Invoking(one => one.ExpectNoErrors()).Should().Throw<BrokerAssertionException>().WithMessage("*own mistake*");
    }

    [Fact]
    public async Task What_a_handler_hangs_on_its_token_may_throw()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(time: clock);
        var client = broker.Connect();
        var open = new TaskCompletionSource();
        await client.ConsumeAsync(
            "q",
            async (_, token) =>
            {
                token.Register(() => throw new InvalidOperationException("Boom."));
                await open.Task;
            },
            new() { Lease = TimeSpan.FromSeconds(1) },
            Token);
        await client.EnqueueAsync("q", default, cancellationToken: Token);
        await clock.AdvanceAsync(TimeSpan.FromSeconds(1), Token);
        open.SetResult();
        broker.Counters.HandlerErrors.Should().Be(1);
    }

    [Fact]
    public async Task Quiet_waits_for_every_task_that_a_consumer_can_take()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var broker = new InMemoryBroker();
            var client = broker.Connect();
            await client.ConsumeAsync("q", async (_, _) => await Task.Yield(), cancellationToken: Token);
            for (var i = 0; i < 100; i++)
            {
                await client.EnqueueAsync("q", default, cancellationToken: Token);
            }

            await broker.QuietAsync(Token);
            broker.Counters.Acked.Should().Be(100, "round {0}", round);
        }
    }

    [Fact]
    public async Task A_handler_that_goes_on_after_its_worker_was_disposed_is_in_flight()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        var open = new TaskCompletionSource();
        var worker = await client.ServeAsync(["act"], (request, _) => AnswerAsync(request, open.Task), cancellationToken: Token);
        var asking = client.RequestAsync("act", JsonPayload.Parse("{}"), cancellationToken: Token).AsTask();
        var ending = worker.DisposeAsync().AsTask();
        broker.InFlight.Should().Be(1);
        open.SetResult();
        await ending;
        await asking;
        broker.InFlight.Should().Be(0);
    }

    private static async IAsyncEnumerable<BrokerReply> AnswerAsync(BrokerRequest request, Task open)
    {
        await open;
        yield return new("done", request.Payload, true);
    }
}
