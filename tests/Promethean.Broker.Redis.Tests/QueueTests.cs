using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Promethean.Broker.Redis.Tests;

[Trait("Category", "Integration")]
public sealed class QueueTests(RedisFixture fixture)
{
    [Fact]
    public async Task A_full_queue_is_overloaded_until_a_task_is_done()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var client = broker.Client(options => options.MaxQueuedTasks = 2);
        await client.EnqueueAsync("full", TestBroker.Number(1), new() { DedupeId = "one" }, guard.Token);
        await client.EnqueueAsync("full", TestBroker.Number(2), new() { Delay = TimeSpan.FromHours(1) }, guard.Token);

        var third = () => client.EnqueueAsync("full", TestBroker.Number(3), cancellationToken: guard.Token).AsTask();
        var error = (await third.Should().ThrowAsync<BrokerException>()).Which;
        error.Code.Should().Be(BrokerErrorCode.Overloaded);
        error.RetryAfter.Should().NotBeNull();
        (await client.EnqueueAsync("full", TestBroker.Number(4), new() { DedupeId = "one" }, guard.Token)).IsDuplicate.Should().BeTrue("a repeated task needs no room");

        await TakeOneAsync(client, "full", guard.Token);
        await third();
    }

    [Fact]
    public async Task A_name_is_free_again_after_the_window()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var (client, other) = (broker.Client(Brief), broker.Client(Brief));
        var named = new EnqueueOptions { DedupeId = "one" };
        var first = await client.EnqueueAsync("window", TestBroker.Number(1), named, guard.Token);
        await TakeOneAsync(client, "window", guard.Token);
        EnqueueResult again;
        do
        {
            again = await other.EnqueueAsync("window", TestBroker.Number(2), named, guard.Token);
        }
        while (again.IsDuplicate);

        again.TaskId.Should().NotBe(first.TaskId);

        static void Brief(RedisBrokerOptions options) => options.DedupeWindow = TimeSpan.FromMilliseconds(50);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused_and_costs_nothing()
    {
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var client = broker.Client(options => options.MaxMessageBytes = 1000);
        var large = JsonPayload.Parse($"\"{new string('x', 1000)}\"");
        Func<Task>[] calls =
        [
            () => client.EnqueueAsync("large", large).AsTask(),
            () => client.PublishAsync("large", large).AsTask(),
            () => client.RequestAsync("large", large).AsTask(),
        ];
        foreach (var call in calls)
        {
            await call.Should().ThrowAsync<BrokerException>().Where(e => e.Code == BrokerErrorCode.TooLarge);
        }

        await client.PublishAsync("large", TestBroker.Number(1), cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_attempt_that_was_given_up_cannot_settle_the_next()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var client = broker.Client();
        var attempts = new ConcurrentQueue<IQueueDelivery>();
        var second = new TaskCompletionSource();
        await client.ConsumeAsync(
            "fence",
            (delivery, token) =>
            {
                attempts.Enqueue(delivery);
                if (delivery.Task.Attempts == 2)
                {
                    second.TrySetResult();
                }

                return new(new TaskCompletionSource().Task.WaitAsync(token));
            },
            new() { Credit = 2, Lease = TimeSpan.FromMilliseconds(200) },
            guard.Token);
        await client.EnqueueAsync("fence", TestBroker.Number(1), cancellationToken: guard.Token);
        await second.Task.WaitAsync(guard.Token);

        var late = () => attempts.First().AckAsync(guard.Token).AsTask();

        await late.Should().ThrowAsync<BrokerException>().Where(e => e.Code == BrokerErrorCode.NotFound);
    }

    [Fact]
    public async Task Nothing_is_left_in_redis_of_a_task_that_is_done()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var client = broker.Client();
        await client.EnqueueAsync("clean", TestBroker.Number(1), cancellationToken: guard.Token);
        await client.EnqueueAsync("clean", TestBroker.Number(2), new() { Delay = TimeSpan.FromMilliseconds(20) }, guard.Token);
        await TakeOneAsync(client, "clean", guard.Token);
        await TakeOneAsync(client, "clean", guard.Token);

        await using var look = await broker.LookAsync();
        var keys = look.GetServers()[0].Keys(pattern: broker.Prefix + "*").ToList();
        keys.Select(key => key.ToString()[broker.Prefix.Length..]).Should().BeSubsetOf(["{q:clean}:live:m", "{q:clean}:live:s"]);
        foreach (var key in keys)
        {
            (await look.GetDatabase().KeyTimeToLiveAsync(key)).Should().NotBeNull("an empty queue is forgotten in time");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Clients_that_enqueue_take_ack_and_nack_at_random_lose_nothing_and_settle_nothing_twice(int seed)
    {
        const int Clients = 3, Tasks = 150;
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var acknowledged = new ConcurrentDictionary<int, int>();
        var dead = new ConcurrentDictionary<int, int>();
        var all = new TaskCompletionSource();
        var clients = Enumerable.Range(0, Clients).Select(_ => broker.Client()).ToArray();
        for (var i = 0; i < Clients; i++)
        {
            var random = new Random((seed * 100) + i);
            var consume = new ConsumeOptions { Credit = 1 + random.Next(8), Lease = TimeSpan.FromSeconds(20) };
            await clients[i].ConsumeAsync("work", (delivery, _) => HandleAsync(delivery, random), consume, guard.Token);
            await clients[i].ConsumeAsync("work.dead", BuryAsync, consume, guard.Token);
        }

        await Task.WhenAll(clients.Select((client, index) => Task.Run(
            async () =>
            {
                var random = new Random((seed * 1000) + index);
                for (var i = 0; i < Tasks; i++)
                {
                    var delay = TimeSpan.FromMilliseconds(random.Next(4) == 0 ? random.Next(30) : 0);
                    var number = (index * Tasks) + i;
                    await client.EnqueueAsync("work", TestBroker.Number(number), new() { Delay = delay, MaxAttempts = 1 + random.Next(4), DedupeId = $"{number}" }, guard.Token);
                }
            },
            guard.Token)));
        await all.Task.WaitAsync(guard.Token);

        acknowledged.Keys.Concat(dead.Keys).Order().Should().Equal(Enumerable.Range(0, Clients * Tasks), "seed {0}", seed);
        acknowledged.Values.Concat(dead.Values).Should().OnlyContain(times => times == 1, "seed {0}", seed);
        await using var look = await broker.LookAsync();
        (await look.GetDatabase().HashGetAsync($"{broker.Prefix}{{q:work}}:live:m", "n")).Should().Be((RedisValue)0);

        async ValueTask HandleAsync(IQueueDelivery delivery, Random random)
        {
            int choice, delay;
            lock (random)
            {
                (choice, delay) = (random.Next(10), random.Next(10));
            }

            if (choice < 3)
            {
                await delivery.NackAsync(new() { Delay = TimeSpan.FromMilliseconds(delay), DeadLetter = choice == 0 }, guard.Token);
                return;
            }

            await delivery.AckAsync(guard.Token);
            Count(acknowledged, delivery);
        }

        async ValueTask BuryAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
        {
            await delivery.AckAsync(cancellationToken);
            Count(dead, delivery);
        }

        void Count(ConcurrentDictionary<int, int> where, IQueueDelivery delivery)
        {
            where.AddOrUpdate(TestBroker.Number(delivery.Task.Payload), 1, (_, times) => times + 1);
            if (acknowledged.Count + dead.Count == Clients * Tasks)
            {
                all.TrySetResult();
            }
        }
    }

    private static async Task TakeOneAsync(RedisBrokerClient client, string queue, CancellationToken guard)
    {
        await foreach (var delivery in client.TakeAllAsync(queue, cancellationToken: guard))
        {
            await delivery.AckAsync(guard);
            return;
        }
    }
}
