namespace Promethean.Broker.Redis.Tests;

/// <summary>What happens when Redis itself goes, stands still or refuses; each test has a server of its own.</summary>
[Trait("Category", "Integration")]
public sealed class OutageTests
{
    [Fact]
    public async Task After_a_restart_of_redis_callers_have_errors_and_everything_works_again()
    {
        using var guard = TestBroker.Guard();
        await using var server = await RedisServer.StartAsync();
        await using var broker = new TestBroker(server);
        var (caller, other) = (broker.Client(Patient), broker.Client(Patient));
        var started = new TaskCompletionSource();
        var heard = new TaskCompletionSource();
        var taken = new TaskCompletionSource();
        var missed = new TaskCompletionSource();
        await other.ServeAsync(["stand"], Workers.Standing(started), cancellationToken: guard.Token);
        await other.ServeAsync(["echo"], Workers.EchoAsync, cancellationToken: guard.Token);
        await other.SubscribeAsync("news.*", (_, _) => Completed(heard), new() { OnGap = _ => missed.TrySetResult() }, guard.Token);
        await other.ConsumeAsync("pages", (_, _) => Completed(taken), cancellationToken: guard.Token);
        var asking = LossTests.AskAsync(caller, "stand", guard.Token);
        await started.Task.WaitAsync(guard.Token);

        await server.KillAsync();
        var error = (await asking.Invoking(task => task).Should().ThrowAsync<BrokerException>()).Which;
        error.IsTransient.Should().BeTrue();
        await server.RestartAsync();

        await AgainAsync(() => LossTests.AskAsync(caller, "echo", guard.Token), guard.Token);
        await AgainAsync(() => caller.EnqueueAsync("pages", TestBroker.Number(1), cancellationToken: guard.Token).AsTask(), guard.Token);
        await taken.Task.WaitAsync(guard.Token);
        await AgainAsync(() => caller.PublishAsync("news.world", TestBroker.Number(1), cancellationToken: guard.Token).AsTask(), guard.Token);
        await heard.Task.WaitAsync(guard.Token);
        await missed.Task.WaitAsync(guard.Token);
        caller.State.Should().Be(BrokerConnectionState.Connected);
    }

    [Fact]
    public async Task The_state_follows_the_connection()
    {
        using var guard = TestBroker.Guard();
        await using var server = await RedisServer.StartAsync();
        await using var broker = new TestBroker(server);
        var client = broker.Client(Patient);
        client.State.Should().Be(BrokerConnectionState.Disconnected);
        await client.ConnectAsync(guard.Token);
        var seen = new List<BrokerConnectionState>();
        await foreach (var state in client.WatchStateAsync(guard.Token))
        {
            seen.Add(state);
            if (seen.Count == 1)
            {
                await server.KillAsync();
            }
            else if (seen.Count == 2)
            {
                await server.RestartAsync();
            }
            else
            {
                break;
            }
        }

        seen.Should().Equal(BrokerConnectionState.Connected, BrokerConnectionState.Connecting, BrokerConnectionState.Connected);
    }

    [Fact]
    public async Task While_redis_stands_still_calls_end_by_their_time_and_afterwards_they_work()
    {
        using var guard = TestBroker.Guard();
        await using var server = await RedisServer.StartAsync();
        await using var broker = new TestBroker(server);
        var client = broker.Client(options => options.CallTimeout = TimeSpan.FromMilliseconds(500));
        await client.ServeAsync(["echo"], Workers.EchoAsync, cancellationToken: guard.Token);
        await server.SignalAsync("STOP");
        try
        {
            var begun = TimeProvider.System.GetTimestamp();
            await Timeout(client.PublishAsync("news", TestBroker.Number(1), cancellationToken: guard.Token).AsTask());
            await Timeout(client.EnqueueAsync("pages", TestBroker.Number(1), cancellationToken: guard.Token).AsTask());
            await Timeout(LossTests.AskAsync(client, "echo", guard.Token, new() { Timeout = TimeSpan.FromMilliseconds(200) }));
            TimeProvider.System.GetElapsedTime(begun).Should().BeLessThan(TimeSpan.FromSeconds(10));
        }
        finally
        {
            await server.SignalAsync("CONT");
        }

        await AgainAsync(() => LossTests.AskAsync(client, "echo", guard.Token), guard.Token);

        static Task Timeout(Task call) => call.Invoking(task => task).Should().ThrowAsync<BrokerException>().Where(e => e.Code == BrokerErrorCode.Timeout);
    }

    [Fact]
    public async Task Without_a_server_a_call_waits_as_long_as_it_may()
    {
        var server = await RedisServer.StartAsync();
        await server.DisposeAsync();
        await using var broker = new TestBroker(server);
        var client = broker.Client();

        var atOnce = () => client.PublishAsync("news", TestBroker.Number(1), new() { DisconnectedTimeout = TimeSpan.Zero }).AsTask();
        await atOnce.Should().ThrowAsync<BrokerException>().Where(e => e.Code == BrokerErrorCode.Timeout);
        var later = () => client.PublishAsync("news", TestBroker.Number(1), new() { DisconnectedTimeout = TimeSpan.FromMilliseconds(200) }).AsTask();
        (await later.Should().ThrowAsync<BrokerException>()).Which.Message.Should().Contain($"127.0.0.1:{server.Port}");
    }

    [Theory]
    [InlineData(":wrong-secret@")]
    [InlineData("")]
    public async Task A_password_that_is_not_accepted_is_told_atOnce_and_never_repeated(string login)
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "right-secret");
        await using var broker = new TestBroker(server);
        // Longer than a busy machine needs for the first attempt.
        var connecting = async () => await broker.Client(options =>
            (options.Configuration, options.DisconnectedTimeout) = ($"redis://{login}{server.Configuration}", TestBroker.HangGuard))
            .ConnectAsync(TestContext.Current.CancellationToken);

        var error = (await connecting.Should().ThrowAsync<BrokerException>()).Which;

        error.Code.Should().Be(BrokerErrorCode.Unauthorized);
        error.ToString().Should().NotContain("secret");
        await broker.Client(options => options.Configuration = $"redis://:right-secret@{server.Configuration}/3").ConnectAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_redis_without_memory_is_overloaded()
    {
        await using var server = await RedisServer.StartAsync("--maxmemory", "1");
        await using var broker = new TestBroker(server);
        var enqueuing = () => broker.Client().EnqueueAsync("pages", TestBroker.Number(1)).AsTask();
        var error = (await enqueuing.Should().ThrowAsync<BrokerException>()).Which;
        error.Code.Should().Be(BrokerErrorCode.Overloaded);
        error.RetryAfter.Should().NotBeNull();
        error.Message.Should().Contain("memory");
    }

    [Fact]
    public async Task A_replica_says_that_it_is_one()
    {
        await using var server = await RedisServer.StartAsync("--replicaof", "127.0.0.1", "1");
        await using var broker = new TestBroker(server);
        var enqueuing = () => broker.Client().EnqueueAsync("pages", TestBroker.Number(1)).AsTask();
        (await enqueuing.Should().ThrowAsync<BrokerException>()).Which.Message.Should().Contain("read-only replica");
    }

    private static void Patient(RedisBrokerOptions options) => options.DisconnectedTimeout = TimeSpan.FromSeconds(20);

    private static ValueTask Completed(TaskCompletionSource done)
    {
        done.TrySetResult();
        return default;
    }

    /// <summary>A client that has not noticed the loss yet may fail a call, and says that it may be tried again.</summary>
    private static async Task AgainAsync(Func<Task> call, CancellationToken guard)
    {
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (BrokerException e) when (e.IsTransient && !guard.IsCancellationRequested)
            {
                await Task.Yield();
            }
        }
    }
}
