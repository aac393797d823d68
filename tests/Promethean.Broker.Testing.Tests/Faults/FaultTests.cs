namespace Promethean.Broker.Testing.Tests;

public sealed class FaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Latency_keeps_a_message_until_the_clock_is_there()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(new() { Faults = new() { Latency = TimeSpan.FromMilliseconds(10) } }, clock);
        var seen = await RecordAsync(broker, "a");
        await broker.Connect().PublishAsync("a", JsonPayload.Parse("1"), cancellationToken: Token);
        broker.Scheduled.Should().Be(1);
        await clock.AdvanceAsync(TimeSpan.FromMilliseconds(9), Token);
        seen.Should().BeEmpty();
        await clock.AdvanceAsync(TimeSpan.FromMilliseconds(1), Token);
        seen.Should().Equal("1");
    }

    [Fact]
    public async Task Latency_within_a_range_never_lets_one_overtake_another_in_order()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(new() { Seed = 4, Faults = new() { Latency = new(TimeSpan.Zero, TimeSpan.FromSeconds(1)) } }, clock);
        var seen = await RecordAsync(broker, "a");
        await PublishAsync(broker, 50);
        await clock.AdvanceAsync(TimeSpan.FromSeconds(1), Token);
        seen.Should().Equal(Enumerable.Range(0, 50).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_tick_runs_one_delivery_and_moves_the_clock_to_it()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(new() { Faults = new() { Latency = TimeSpan.FromSeconds(7) } }, clock);
        var seen = await RecordAsync(broker, "a");
        await PublishAsync(broker, 3);
        (await broker.TickAsync()).Should().BeTrue();
        seen.Should().Equal("0");
        (clock.GetUtcNow() - clock.Start).Should().Be(TimeSpan.FromSeconds(7));
        (await broker.TickAllAsync()).Should().Be(2);
        (await broker.TickAsync()).Should().BeFalse();
        seen.Should().Equal("0", "1", "2");
    }

    [Fact]
    public async Task Stepped_delivery_waits_for_a_tick_on_the_systems_clock_too()
    {
        await using var broker = new InMemoryBroker(new() { Delivery = DeliveryMode.Stepped });
        var seen = await RecordAsync(broker, "a");
        await PublishAsync(broker, 2);
        seen.Should().BeEmpty();
        await broker.TickAllAsync();
        seen.Should().Equal("0", "1");
    }

    [Fact]
    public async Task Shuffling_is_drawn_from_the_seed_and_replayed_by_it()
    {
        var first = await ShuffledAsync(1);
        first.Should().HaveCount(20).And.OnlyHaveUniqueItems().And.NotBeInAscendingOrder();
        (await ShuffledAsync(1)).Should().Equal(first);
        (await ShuffledAsync(2)).Should().NotEqual(first);

        static async Task<List<int>> ShuffledAsync(int seed)
        {
            await using var broker = new InMemoryBroker(new() { Seed = seed, Faults = new() { Ordering = MessageOrder.Shuffle } });
            var seen = await RecordAsync(broker, "a");
            await PublishAsync(broker, 20);
            await broker.TickAllAsync();
            return [.. seen.Select(int.Parse)];
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 100)]
    public async Task A_drop_rate_of_none_or_all_is_exact(double rate, int dropped)
    {
        await using var broker = new InMemoryBroker(new() { Faults = new() { DropRate = rate } });
        await RecordAsync(broker, "a");
        await PublishAsync(broker, 100);
        broker.Counters.Should().BeEquivalentTo(new { Published = 100, Dropped = dropped, Delivered = 100 - dropped });
    }

    [Fact]
    public async Task Duplicates_arrive_with_the_same_id_and_are_counted()
    {
        await using var broker = new InMemoryBroker(new() { Faults = new() { DuplicateRate = 1 } });
        var ids = new List<string>();
        await broker.Connect().SubscribeAsync("a", (message, _) => { ids.Add(message.Id); return default; }, cancellationToken: Token);
        await PublishAsync(broker, 2);
        ids.Should().Equal("m1", "m1", "m2", "m2");
        broker.Counters.Duplicated.Should().Be(2);
    }

    [Fact]
    public async Task A_rule_hits_what_its_pattern_and_its_condition_take()
    {
        var rule = new FaultRule("voice.*", FaultAction.Drop) { When = message => message.Payload.ToString() == "2" };
        await using var broker = new InMemoryBroker(new() { Faults = new() { Rules = [rule] } });
        var seen = await RecordAsync(broker, ">");
        foreach (var (topic, payload) in new[] { ("voice.frame", "1"), ("voice.frame", "2"), ("text.frame", "2") })
        {
            await broker.Connect().PublishAsync(topic, JsonPayload.Parse(payload), cancellationToken: Token);
        }

        seen.Should().Equal("1", "2");
        broker.Counters.Dropped.Should().Be(1);
        broker.Log.Single(entry => entry.Kind == BrokerLogKind.Dropped).Note.Should().Contain("voice.*");
    }

    [Fact]
    public async Task A_rule_can_refuse_publishes_requests_and_enqueues_with_a_code()
    {
        var rule = new FaultRule("x.>", FaultAction.Error) { Error = BrokerErrorCode.Overloaded };
        await using var broker = new InMemoryBroker(new() { Faults = new() { Rules = [rule] } });
        var client = broker.Connect();
        await client.ServeAsync(["x.act"], (request, _) => One(request), cancellationToken: Token);
        foreach (var call in new Func<Task>[]
        {
            () => client.PublishAsync("x.topic", default, cancellationToken: Token).AsTask(),
            () => client.RequestAsync("x.act", default, cancellationToken: Token).AsTask(),
            () => client.EnqueueAsync("x.queue", default, cancellationToken: Token).AsTask(),
        })
        {
            (await call.Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Overloaded);
        }

        broker.Log.Count(entry => entry.Kind == BrokerLogKind.Refused).Should().Be(3);
        broker.Counters.Should().BeEquivalentTo(new { Published = 0, Requests = 0, Enqueued = 0 });
    }

    [Fact]
    public async Task A_rule_can_delay_a_topic_alone()
    {
        var clock = new VirtualClock();
        var rule = new FaultRule("slow", FaultAction.Delay) { Delay = TimeSpan.FromSeconds(1) };
        await using var broker = new InMemoryBroker(new() { Faults = new() { Rules = [rule] } }, clock);
        var seen = await RecordAsync(broker, "fast");
        var late = await RecordAsync(broker, "slow");
        await broker.Connect().PublishAsync("slow", JsonPayload.Parse("1"), cancellationToken: Token);
        await broker.Connect().PublishAsync("fast", JsonPayload.Parse("2"), cancellationToken: Token);
        await clock.AdvanceAsync(TimeSpan.Zero, Token);
        (seen.Count, late.Count).Should().Be((1, 0));
        await clock.AdvanceAsync(TimeSpan.FromSeconds(1), Token);
        late.Should().Equal("1");
    }

    [Fact]
    public async Task A_one_way_partition_loses_deliveries_while_calls_still_arrive()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(time: clock);
        var (cut, other) = (broker.Connect("cut"), broker.Connect("other"));
        var atCut = await RecordAsync(cut, "a");
        var atOther = await RecordAsync(other, "a");
        cut.Partition(LinkDirection.ToClient);
        var publishing = cut.PublishAsync("a", JsonPayload.Parse("1"), cancellationToken: Token).AsTask();
        (atCut.Count, atOther.Count, publishing.IsCompleted).Should().Be((0, 1, false));
        await clock.AdvanceAsync(TimeSpan.FromSeconds(60), Token);
        (await publishing.Awaiting(task => task).Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Timeout);

        cut.Partition(LinkDirection.ToBroker);
        publishing = cut.PublishAsync("a", JsonPayload.Parse("2"), cancellationToken: Token).AsTask();
        await other.PublishAsync("a", JsonPayload.Parse("3"), cancellationToken: Token);
        (atCut.Count, atOther.Count).Should().Be((1, 2));
        await clock.AdvanceAsync(TimeSpan.FromSeconds(60), Token);
        publishing.IsFaulted.Should().BeTrue();
        await publishing.Awaiting(task => task).Should().ThrowAsync<BrokerException>();
        cut.Partition(LinkDirection.None);
        await cut.PublishAsync("a", JsonPayload.Parse("4"), cancellationToken: Token);
        atOther.Should().Equal("1", "3", "4");
    }

    [Fact]
    public async Task What_is_held_comes_in_order_when_it_is_released()
    {
        await using var broker = new InMemoryBroker();
        var (client, other) = (broker.Connect(), broker.Connect());
        var seen = await RecordAsync(client, "a");
        client.Hold(LinkDirection.Both);
        await PublishAsync(other, 3);
        var publishing = client.PublishAsync("a", JsonPayload.Parse("9"), cancellationToken: Token).AsTask();
        (seen.Count, publishing.IsCompleted, broker.InFlight).Should().Be((0, false, 0));
        client.Release();
        await publishing;
        seen.Should().BeEquivalentTo("0", "1", "2", "9").And.ContainInOrder("0", "1", "2");
    }

    [Fact]
    public async Task A_connection_can_be_cut_after_a_number_of_deliveries_and_come_back_by_itself()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(time: clock);
        var (client, other) = (broker.Connect(), broker.Connect());
        var seen = await RecordAsync(client, "a");
        client.DisconnectAfter(2);
        await PublishAsync(other, 4);
        seen.Should().Equal("0", "1");
        client.State.Should().Be(BrokerConnectionState.Disconnected);
        client.Reconnect();
        client.DisconnectNow(TimeSpan.FromSeconds(3));
        await clock.AdvanceAsync(TimeSpan.FromSeconds(3), Token);
        client.State.Should().Be(BrokerConnectionState.Connected);
        await PublishAsync(other, 1);
        seen.Should().Equal("0", "1", "0");
    }

    [Fact]
    public async Task A_lost_request_or_answer_ends_at_its_deadline_and_frees_the_worker()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(time: clock);
        var (caller, server) = (broker.Connect(), broker.Connect());
        await server.ServeAsync(["act"], (request, _) => One(request), cancellationToken: Token);
        broker.Faults = new() { DropRate = 1 };
        var asking = caller.RequestAsync("act", JsonPayload.Parse("{}"), new() { Timeout = TimeSpan.FromSeconds(2) }, Token).AsTask();
        await clock.AdvanceAsync(TimeSpan.FromSeconds(2), Token);
        (await asking.Awaiting(task => task).Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Timeout);
        broker.Faults = FaultPlan.None;
        caller.Partition(LinkDirection.ToClient);
        asking = caller.RequestAsync("act", JsonPayload.Parse("{}"), new() { Timeout = TimeSpan.FromSeconds(2) }, Token).AsTask();
        await clock.AdvanceAsync(TimeSpan.FromSeconds(2), Token);
        (await asking.Awaiting(task => task).Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Timeout);
        caller.Partition(LinkDirection.None);
        (await caller.RequestAsync("act", JsonPayload.Parse("{}"), cancellationToken: Token)).Event.Should().Be("done");
        broker.InFlight.Should().Be(0);
    }

    [Fact]
    public async Task Recovering_ends_every_fault_and_waits_until_all_work_is_done()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(new() { Seed = 5, Faults = new() { DropRate = 0.9, Latency = TimeSpan.FromSeconds(1) } }, clock);
        var (client, consumer) = (broker.Connect("producer"), broker.Connect("consumer"));
        var done = new HashSet<string>();
        await consumer.ConsumeAsync("jobs", (delivery, _) => { done.Add(delivery.Task.Id); return default; }, cancellationToken: Token);
        for (var i = 0; i < 20; i++)
        {
            await client.EnqueueAsync("jobs", JsonPayload.Parse($"{i}"), cancellationToken: Token);
        }

        consumer.Partition(LinkDirection.Both);
        client.DisconnectNow();
        await clock.AdvanceAsync(TimeSpan.FromMinutes(20), Token);
        await broker.RecoverAsync(Token);
        client.State.Should().Be(BrokerConnectionState.Connected);
        (done.Count + broker.Counters.DeadLettered).Should().Be(20);
        broker.InFlight.Should().Be(0);
    }

    [Fact]
    public void Settings_that_cannot_be_are_refused_by_name()
    {
        Refused(new() { Latency = TimeSpan.FromSeconds(-1) }, "*FaultPlan.Latency*");
        Refused(new() { Latency = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)) }, "*FaultPlan.Latency*");
        Refused(new() { CallLatency = TimeSpan.FromSeconds(-1) }, "*FaultPlan.CallLatency*");
        Refused(new() { DropRate = 1.1 }, "*FaultPlan.DropRate*");
        Refused(new() { DropRate = double.NaN }, "*FaultPlan.DropRate*");
        Refused(new() { DuplicateRate = -0.1 }, "*FaultPlan.DuplicateRate*");
        Refused(new() { DropRate = 1, DuplicateRate = 0.5 }, "*nothing to repeat*");
        Refused(new() { ReconnectAfter = TimeSpan.Zero }, "*FaultPlan.ReconnectAfter*");
        Refused(new() { Ordering = (MessageOrder)9 }, "*FaultPlan.Ordering*");
        Refused(new() { Rules = [new("no topic", FaultAction.Drop)] }, "*FaultRule.Pattern*'no topic'*");
        Refused(new() { Rules = [new("a", FaultAction.Delay)] }, "*FaultRule*'a'*Delay*");
        Refused(new() { Rules = [new("a", FaultAction.Drop) { Delay = TimeSpan.FromSeconds(1) }] }, "*FaultRule*'a'*Delay*");
        Refused(new() { Rules = [new("a", FaultAction.Drop) { Rate = 2 }] }, "*FaultRule.Rate*");

        static void Refused(FaultPlan plan, string message)
        {
            var making = () => new InMemoryBroker(new() { Faults = plan });
            making.Should().Throw<ArgumentException>().WithMessage(message);
        }
    }

    [Fact]
    public void A_plan_of_a_seed_is_always_the_same_and_says_what_it_does()
    {
        FaultPlan.FromSeed(7).ToString().Should().Be(FaultPlan.FromSeed(7).ToString());
        Enumerable.Range(0, 50).Select(seed => FaultPlan.FromSeed(seed).ToString()).Distinct().Should().HaveCountGreaterThan(40);
        FaultPlan.None.ToString().Should().Be("no faults");
    }

    private static async IAsyncEnumerable<BrokerReply> One(BrokerRequest request)
    {
        await Task.CompletedTask;
        yield return new("done", request.Payload, true);
    }

    private static Task<List<string>> RecordAsync(InMemoryBroker broker, string pattern) => RecordAsync(broker.Connect(), pattern);

    private static async Task<List<string>> RecordAsync(InMemoryBrokerClient client, string pattern)
    {
        var seen = new List<string>();
        await client.SubscribeAsync(pattern, (message, _) => { seen.Add(message.Payload.ToString()); return default; }, cancellationToken: Token);
        return seen;
    }

    private static Task PublishAsync(InMemoryBroker broker, int count) => PublishAsync(broker.Connect(), count);

    private static async Task PublishAsync(InMemoryBrokerClient client, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await client.PublishAsync("a", JsonPayload.Parse($"{i}"), cancellationToken: Token);
        }
    }
}
