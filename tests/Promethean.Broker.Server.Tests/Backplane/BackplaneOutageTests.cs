using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>The backplane goes away, and comes back.</summary>
public sealed class BackplaneOutageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"id":"x","action":"publish","payload":{"topic":"t","payload":1}}""")]
    [InlineData("""{"id":"x","action":"subscribe","payload":{"topic":"t"}}""")]
    [InlineData("""{"id":"x","action":"enqueue","payload":{"queue":"q","payload":1}}""")]
    [InlineData("""{"id":"x","action":"ready","payload":{"queue":"q","credit":1}}""")]
    [InlineData("""{"id":"x","action":"ready","payload":{"actions":["job"],"credit":1}}""")]
    [InlineData("""{"id":"x","action":"job"}""")]
    public async Task While_it_is_away_a_client_is_told_soon_when_to_try_again(string frame)
    {
        await using var brokers = await BrokerPair.StartAsync(options => options.BackplaneTimeout = TimeSpan.FromMilliseconds(30));
        using var client = await brokers.A.RawAsync();
        brokers.Links[0].DisconnectNow();

        var answer = await client.AskAsync(frame);

        (answer.GetProperty("id").GetString(), answer.GetProperty("code").GetString()).Should().Be(("x", "overloaded"));
        answer.GetProperty("retry_after_ms").GetInt32().Should().BePositive();
    }

    [Fact]
    public async Task When_it_is_back_patterns_workers_and_consumers_are_back()
    {
        await using var brokers = await BrokerPair.StartAsync();
        using var client = await brokers.A.RawAsync();
        await client.AskAsync("""{"id":"s","action":"subscribe","payload":{"topic":"t"}}""");
        await client.AskAsync("""{"id":"w","action":"ready","payload":{"actions":["job"],"credit":1}}""");
        await client.AskAsync("""{"id":"c","action":"ready","payload":{"queue":"q","worker":"c","credit":1}}""");
        brokers.Links[0].DisconnectNow();
        brokers.Links[0].Reconnect();

        var other = brokers.B.Client();
        await other.PublishAsync("t", JsonPayload.Parse("1"), cancellationToken: Token);
        (await client.NextTextAsync()).Should().Be("""{"event":"gap"}""");
        (await client.NextAsync()).GetProperty("event").GetString().Should().Be("message");
        await other.EnqueueAsync("q", JsonPayload.Parse("1"), cancellationToken: Token);
        (await client.NextAsync()).GetProperty("task").GetProperty("queue").GetString().Should().Be("q");
        var asking = other.RequestAsync("job", default, cancellationToken: Token);
        var task = (await client.NextAsync()).GetProperty("task").GetProperty("id").GetString();
        await client.SendAsync($$$"""{"action":"respond","payload":{"taskId":"{{{task}}}","event":"done","final":true}}""");
        (await asking).Event.Should().Be("done");
    }

    [Fact]
    public async Task A_request_that_is_served_when_it_goes_away_fails_as_transient()
    {
        await using var brokers = await BrokerPair.StartAsync();
        await brokers.B.Client().ServeAsync(["hang"], WorkerReplies.HangAsync, cancellationToken: Token);
        using var caller = await brokers.A.RawAsync();
        await caller.AskAsync("""{"id":"r","action":"hang"}""");

        brokers.Links[0].DisconnectNow();

        var end = await caller.NextAsync();
        (end.GetProperty("code").GetString(), end.TryGetProperty("retry_after_ms", out _)).Should().Be(("internal", true));
    }

    [Fact]
    public async Task Its_gap_reaches_those_who_use_the_pattern_and_nobody_else()
    {
        await using var hub = await TestBroker.StartAsync(options => options.ResumeWindow = TimeSpan.Zero);
        await using var broker = await TestBroker.StartAsync(() => hub.Client());
        using var subscriber = await broker.RawAsync();
        using var other = await broker.RawAsync();
        await subscriber.AskAsync("""{"id":"s","action":"subscribe","payload":{"topic":"t"}}""");

        hub.AbortConnections();

        var gap = await subscriber.NextAsync();
        (gap.GetProperty("event").GetString(), gap.TryGetProperty("missed", out _)).Should().Be(("gap", false));
        await broker.Client().PublishAsync("t", JsonPayload.Parse("1"), cancellationToken: Token);
        (await subscriber.NextAsync()).GetProperty("event").GetString().Should().Be("message");
        (await other.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h");
    }

    [Fact]
    public async Task A_broker_is_ready_until_the_backplane_has_been_away_for_its_grace()
    {
        var time = new FakeTimeProvider();
        await using var backplane = new Testing.InMemoryBroker();
        var link = backplane.Connect();
        await using var broker = await TestBroker.StartAsync(() => link, options => options.BackplaneGrace = TimeSpan.FromSeconds(3), time);
        var check = broker.Services.GetRequiredService<BrokerHealthCheck>();
        await Until.TrueAsync(() => broker.Services.GetRequiredService<BackplaneLink>().HasBeenThere);
        link.DisconnectNow();
        await Until.TrueAsync(() => broker.Services.GetRequiredService<BackplaneLink>().IsMissed);
        (await StatusAsync()).Should().Be(HealthStatus.Healthy);
        time.Advance(TimeSpan.FromSeconds(3));
        (await StatusAsync()).Should().Be(HealthStatus.Unhealthy);
        link.Reconnect();
        (await StatusAsync()).Should().Be(HealthStatus.Healthy);

        async Task<HealthStatus> StatusAsync() => (await check.CheckHealthAsync(new(), Token)).Status;
    }

    [Fact]
    public async Task Frames_that_wait_for_it_are_bounded_in_bytes_and_one_more_is_overloaded_at_once()
    {
        await using var brokers = await BrokerPair.StartAsync(options => (options.MaxQueuedBytes, options.BackplaneTimeout) = (10_000, TestBroker.HangGuard));
        using var client = await brokers.A.RawAsync();
        brokers.Links[0].DisconnectNow();
        // One alone may be larger than what may wait.
        await client.SendAsync(Publish("first", 12_000));

        var refused = await client.AskAsync(Publish("second", 100));

        (refused.GetProperty("id").GetString(), refused.GetProperty("code").GetString()).Should().Be(("second", "overloaded"));
        refused.GetProperty("retry_after_ms").GetInt32().Should().BePositive();
        brokers.Links[0].Reconnect();
        (await client.NextAsync()).GetProperty("id").GetString().Should().Be("first");
        // What the first held is given back just after its answer.
        while ((await client.AskAsync(Publish("third", 9_000))).GetProperty("event").GetString() == "error")
        {
        }

        static string Publish(string id, int size) => $$$"""{"id":"{{{id}}}","action":"publish","payload":{"topic":"t","payload":"{{{new string('x', size)}}}"}}""";
    }

    [Fact]
    public async Task One_that_is_connected_but_does_not_answer_is_noticed_after_its_grace_until_it_answers()
    {
        var time = new FakeTimeProvider();
        await using var backplane = new Testing.InMemoryBroker();
        var link = new SilentLink(backplane.Connect());
        await using var broker = await TestBroker.StartAsync(
            () => link, options => (options.BackplaneTimeout, options.BackplaneGrace) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)), time);
        var (check, watched) = (broker.Services.GetRequiredService<BrokerHealthCheck>(), broker.Services.GetRequiredService<BackplaneLink>());
        await Until.TrueAsync(() => watched.HasBeenThere);

        link.IsSilent = true;
        await PassAsync(() => watched.IsSilent);
        (await CheckAsync()).Status.Should().Be(HealthStatus.Healthy, "a short silence moves no client");
        time.Advance(TimeSpan.FromSeconds(3));
        var late = await CheckAsync();
        (late.Status, late.Description).Should().Be((HealthStatus.Unhealthy, "The broker's backplane is connected, but does not answer."));
        link.IsSilent = false;
        await PassAsync(() => !watched.IsSilent);
        (await CheckAsync()).Status.Should().Be(HealthStatus.Healthy);

        Task<HealthCheckResult> CheckAsync() => check.CheckHealthAsync(new(), Token);

        async Task PassAsync(Func<bool> until)
        {
            using var guard = new CancellationTokenSource(TestBroker.HangGuard, TimeProvider.System);
            while (!until())
            {
                guard.Token.ThrowIfCancellationRequested();
                time.Advance(TimeSpan.FromMilliseconds(100));
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task One_that_does_not_let_go_does_not_hold_up_the_end_of_the_host()
    {
        var time = new FakeTimeProvider();
        await using var backplane = new Testing.InMemoryBroker();
        var link = new SilentLink(backplane.Connect()) { HoldsOn = true };
        var broker = await TestBroker.StartAsync(() => link, time: time);
        await Until.TrueAsync(() => broker.Services.GetRequiredService<BackplaneLink>().HasBeenThere);

        var ending = broker.DisposeAsync().AsTask();
        await link.Disposing;
        using var guard = new CancellationTokenSource(TestBroker.HangGuard, TimeProvider.System);
        while (!ending.IsCompleted)
        {
            guard.Token.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await ending;
        link.LetGo();
    }

    [Fact]
    public async Task A_journal_beside_a_backplane_is_refused_at_the_start()
    {
        await using var backplane = new Testing.InMemoryBroker();
        var start = () => TestBroker.StartAsync(services =>
        {
            services.AddBrokerBackplane(_ => backplane.Connect());
            services.AddSingleton<ITaskJournal>(new FakeJournal(new JournalStore()));
        });
        (await start.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain("backplane").And.Contain("FakeJournal");
    }
}
