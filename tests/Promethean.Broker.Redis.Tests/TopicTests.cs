using System.Collections.Concurrent;

namespace Promethean.Broker.Redis.Tests;

[Trait("Category", "Integration")]
public sealed class TopicTests(RedisFixture fixture)
{
    [Fact]
    public async Task A_message_comes_once_to_each_subscription_however_many_patterns_match()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var (publisher, client) = (broker.Client(), broker.Client());
        string[] patterns = ["a.b", "a.*", "a.>", "*.b", ">", "a.b"];
        var seen = new ConcurrentQueue<(int Subscription, int Number)>();
        for (var i = 0; i < patterns.Length; i++)
        {
            var subscription = i;
            await client.SubscribeAsync(
                patterns[i],
                (message, _) =>
                {
                    seen.Enqueue((subscription, TestBroker.Number(message.Payload)));
                    return default;
                },
                cancellationToken: guard.Token);
        }

        await publisher.PublishAsync("a.b.c", TestBroker.Number(9), cancellationToken: guard.Token);
        for (var i = 1; i <= 3; i++)
        {
            await publisher.PublishAsync("a.b", TestBroker.Number(i), cancellationToken: guard.Token);
        }

        while (seen.Count < 20 && !guard.IsCancellationRequested)
        {
            await Task.Yield();
        }

        foreach (var group in seen.GroupBy(one => one.Subscription))
        {
            int[] expected = patterns[group.Key] is "a.>" or ">" ? [9, 1, 2, 3] : [1, 2, 3];
            group.Select(one => one.Number).Should().Equal(expected, "of the subscription to {0}", patterns[group.Key]);
        }
    }

    [Fact]
    public async Task A_prefix_may_hold_what_means_something_in_a_pattern_of_redis()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var stranger = broker.Client();
        var client = broker.Client(options => options.Prefix = "[a]*?^:" + broker.Prefix);
        var seen = new TaskCompletionSource<int>();
        await client.SubscribeAsync(
            "x.>",
            (message, _) =>
            {
                seen.TrySetResult(TestBroker.Number(message.Payload));
                return default;
            },
            cancellationToken: guard.Token);
        await stranger.PublishAsync("x.y", TestBroker.Number(1), cancellationToken: guard.Token);
        await client.PublishAsync("x.y", TestBroker.Number(2), cancellationToken: guard.Token);
        (await seen.Task.WaitAsync(guard.Token)).Should().Be(2);
    }

    [Fact]
    public async Task What_strangers_write_to_channels_is_left_out()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var client = broker.Client();
        var seen = new TaskCompletionSource<int>();
        await client.ServeAsync(["echo"], Workers.EchoAsync, cancellationToken: guard.Token);
        await client.SubscribeAsync(
            "x",
            (message, _) =>
            {
                seen.TrySetResult(TestBroker.Number(message.Payload));
                return default;
            },
            cancellationToken: guard.Token);
        await using var look = await broker.LookAsync();
        var channels = await look.GetServers()[0].SubscriptionChannelsAsync(StackExchange.Redis.RedisChannel.Pattern(broker.Prefix + "*"));
        foreach (var channel in channels)
        {
            foreach (var text in (string[])["", "\n", "W\n", "T a b c d e f\n", "R 1", "{}", "{\"id\":1", "E x y z\n", "L\n", "D q x\n"])
            {
                await look.GetSubscriber().PublishAsync(channel, text);
            }
        }

        await client.PublishAsync("x", TestBroker.Number(1), cancellationToken: guard.Token);
        (await seen.Task.WaitAsync(guard.Token)).Should().Be(1);
        await LossTests.AskAsync(client, "echo", guard.Token);
    }

    [Fact]
    public async Task Databases_and_prefixes_are_brokers_of_their_own()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var (here, there) = (broker.Client(), broker.Client(options => options.Database = 1));
        await there.ServeAsync(["echo"], Workers.EchoAsync, cancellationToken: guard.Token);
        var asking = () => LossTests.AskAsync(here, "echo", guard.Token);
        await asking.Should().ThrowAsync<BrokerException>().Where(e => e.Code == BrokerErrorCode.NoResponders);
        await LossTests.AskAsync(there, "echo", guard.Token);
    }
}
