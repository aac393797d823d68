using System.Runtime.CompilerServices;

namespace Promethean.Broker.Testing.Tests;

/// <summary>The five examples of docs/testing/broker-mock.md, each a promise of the double's acceptance list.</summary>
public sealed class AcceptanceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_are_delivered_in_order_by_default()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        var seen = new RecordingSubscriber<int>(NumberJsonContext.Default.Int32);
        await client.SubscribeAsync("ctx.update", seen.HandleAsync, cancellationToken: Token);

        await client.PublishAsync("ctx.update", 1, NumberJsonContext.Default.Int32, cancellationToken: Token);
        await client.PublishAsync("ctx.update", 2, NumberJsonContext.Default.Int32, cancellationToken: Token);

        seen.Payloads.Should().Equal(1, 2);
    }

    [Fact]
    public async Task Unsubscribing_stops_delivery()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        var subscription = await client.SubscribeAsync("a", (_, _) => default, cancellationToken: Token);
        await client.PublishAsync("a", default, cancellationToken: Token);

        await subscription.DisposeAsync();
        await client.PublishAsync("a", default, cancellationToken: Token);

        broker.ExpectDelivered("a", times: 1);
    }

    [Fact]
    public async Task Latency_and_loss_are_injected_and_accounted_for()
    {
        await using var broker = new InMemoryBroker(
            new() { Seed = 1, Faults = new() { Latency = TimeSpan.FromMilliseconds(10), DropRate = 0.5 } }, new VirtualClock());
        var client = broker.Connect();
        var seen = new RecordingSubscriber<int>(NumberJsonContext.Default.Int32);
        await client.SubscribeAsync("voice.frame", seen.HandleAsync, cancellationToken: Token);

        for (var i = 0; i < 10; i++)
        {
            await client.PublishAsync("voice.frame", i, NumberJsonContext.Default.Int32, cancellationToken: Token);
        }

        seen.Count.Should().Be(0, "everything is still on its way");
        await broker.TickAllAsync();

        seen.Count.Should().BeInRange(1, 9);
        broker.Counters.Published.Should().Be(10);
        (broker.Counters.Delivered + broker.Counters.Dropped).Should().Be(10);
    }

    [Fact]
    public async Task A_timeout_and_a_retry_are_tested_on_the_fake_clock()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(new() { Faults = new() { DropRate = 1 } }, clock);
        var client = broker.Connect();
        await client.ServeAsync(["price"], Price, cancellationToken: Token);

        var asking = AskTwiceAsync();
        await clock.AdvanceAsync(TimeSpan.FromSeconds(5), Token);
        broker.Faults = FaultPlan.None;
        await clock.AdvanceAsync(TimeSpan.FromSeconds(1), Token);

        (await asking).Event.Should().Be("priced");
        broker.Counters.Should().BeEquivalentTo(new { Requests = 2, Failed = 1, Answered = 1 });

        async Task<BrokerReply> AskTwiceAsync()
        {
            try
            {
                return await client.RequestAsync("price", default, new() { Timeout = TimeSpan.FromSeconds(5) }, Token);
            }
            catch (BrokerException e) when (e.Code == BrokerErrorCode.Timeout)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), clock, Token);
                return await client.RequestAsync("price", default, new() { Timeout = TimeSpan.FromSeconds(5) }, Token);
            }
        }

        static async IAsyncEnumerable<BrokerReply> Price(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            yield return new("priced", JsonPayload.Parse("""{"price":7}"""), IsFinal: true);
        }
    }

    [Fact]
    public async Task Faults_hit_topics_and_messages_of_the_tests_choice()
    {
        var rule = new FaultRule("voice.*", FaultAction.Drop) { When = message => message.Payload.ToString() == "2" };
        await using var broker = new InMemoryBroker(new() { Faults = new() { Rules = [rule] } });
        var client = broker.Connect();
        var seen = new RecordingSubscriber<int>(NumberJsonContext.Default.Int32);
        await client.SubscribeAsync(">", seen.HandleAsync, cancellationToken: Token);

        foreach (var (topic, number) in new[] { ("voice.frame", 1), ("voice.frame", 2), ("text.frame", 2) })
        {
            await client.PublishAsync(topic, number, NumberJsonContext.Default.Int32, cancellationToken: Token);
        }

        seen.Payloads.Should().Equal(1, 2);
    }

    [Fact]
    public async Task Swapping_the_implementation_changes_no_code_but_what_connects()
    {
        await using var broker = new InMemoryBroker();
        IBrokerClient client = broker.Connect();
        client.Should().BeAssignableTo<IBrokerQueue>();
        typeof(WebSocketBrokerClient).Should().Implement<IBrokerClient>().And.Implement<IBrokerQueue>();
        foreach (var contract in new[] { typeof(IBrokerClient), typeof(IBrokerQueue) })
        {
            contract.GetMethods().Select(method => method.Name).Except(typeof(InMemoryBrokerClient).GetMethods().Select(method => method.Name)).Should().BeEmpty();
        }
    }

    [Fact]
    public async Task Many_brokers_at_once_are_isolated_from_each_other()
    {
        await Task.WhenAll(Enumerable.Range(1, 16).Select(number => Task.Run(
            async () =>
            {
                await using var broker = new InMemoryBroker(new() { Seed = number });
                var client = broker.Connect();
                var seen = new RecordingSubscriber<int>(NumberJsonContext.Default.Int32);
                await client.SubscribeAsync("a", seen.HandleAsync, cancellationToken: Token);
                for (var i = 0; i < 200; i++)
                {
                    await client.PublishAsync("a", number, NumberJsonContext.Default.Int32, cancellationToken: Token);
                }

                seen.Payloads.Should().HaveCount(200).And.OnlyContain(payload => payload == number);
                broker.Counters.Published.Should().Be(200);
                client.Name.Should().Be("client-1");
            },
            Token)));
    }

    [Fact]
    public void The_double_knows_no_network() =>
        typeof(InMemoryBroker).Assembly.GetReferencedAssemblies().Select(name => name.Name)
            .Should().NotContain(name => name!.StartsWith("System.Net", StringComparison.Ordinal));
}
