using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Testing.Tests;

public sealed class InMemoryBrokerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_publish_completes_after_every_handler_has_run()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        var seen = new List<string>();
        await client.SubscribeAsync("a.*", (message, _) => Note(seen, "first", message), cancellationToken: Token);
        await broker.Connect().SubscribeAsync("a.b", (message, _) => Note(seen, "second", message), cancellationToken: Token);
        await client.PublishAsync("a.b", JsonPayload.Parse("1"), cancellationToken: Token);
        await client.PublishAsync("a.b", JsonPayload.Parse("2"), cancellationToken: Token);
        seen.Should().Equal("first 1", "second 1", "first 2", "second 2");
    }

    [Fact]
    public async Task A_publish_does_not_wait_for_a_handler_that_waits()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        var open = new TaskCompletionSource();
        var subscription = await client.SubscribeAsync("a", async (_, _) => await open.Task, cancellationToken: Token);
        await client.PublishAsync("a", default, cancellationToken: Token);
        await client.PublishAsync("a", default, cancellationToken: Token);
        subscription.Pending.Should().Be(2);
        open.SetResult();
        await subscription.DrainAsync(Token);
        subscription.Pending.Should().Be(0);
    }

    [Fact]
    public async Task A_handlers_exception_is_counted_and_kept_not_thrown()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        var thrown = new InvalidOperationException("Boom.");
        await client.SubscribeAsync("a.>", (_, _) => throw thrown, cancellationToken: Token);
        await client.PublishAsync("a.b", default, cancellationToken: Token);
        broker.Counters.HandlerErrors.Should().Be(1);
        var entry = broker.Log.Single(one => one.Kind == BrokerLogKind.HandlerFailed);
        entry.Should().BeEquivalentTo(new { Subject = "a.>", Id = "m1", Error = thrown });
        entry.ToString().Should().Contain("HandlerFailed a.> m1 to client-1 InvalidOperationException: Boom.");
    }

    [Fact]
    public async Task Counters_and_log_tell_what_happened()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect("teller");
        var open = new TaskCompletionSource();
        await client.SubscribeAsync("heard", async (_, _) => await open.Task, new() { Capacity = 1 }, Token);
        await client.ServeAsync(["echo"], (request, _) => One(new("done", request.Payload, true)), cancellationToken: Token);
        for (var i = 0; i < 3; i++)
        {
            await client.PublishAsync("heard", default, cancellationToken: Token);
        }

        await client.PublishAsync("unheard", default, cancellationToken: Token);
        await client.RequestAsync("echo", JsonPayload.Parse("{}"), cancellationToken: Token);
        await client.Awaiting(one => one.RequestAsync("nobody", default, cancellationToken: Token).AsTask()).Should().ThrowAsync<BrokerException>();
        open.SetResult();

        broker.Counters.Should().BeEquivalentTo(new { Published = 4, Dropped = 1, Unheard = 1, HandlerErrors = 0, Requests = 2, Answered = 1, Failed = 1 });
        broker.Log.Select(entry => entry.Kind).Where(kind => kind != BrokerLogKind.Delivered).Should().Equal(
            BrokerLogKind.Connected,
            BrokerLogKind.Published, BrokerLogKind.Published, BrokerLogKind.Published, BrokerLogKind.Dropped,
            BrokerLogKind.Published, BrokerLogKind.Unheard,
            BrokerLogKind.Requested, BrokerLogKind.Assigned, BrokerLogKind.Answered,
            BrokerLogKind.Requested, BrokerLogKind.Failed);
        broker.Log.Select(entry => entry.Sequence).Should().BeInAscendingOrder();
        broker.Log[0].Subject.Should().Be("teller");
    }

    [Fact]
    public async Task The_log_keeps_the_newest_entries()
    {
        await using var broker = new InMemoryBroker(new() { LogCapacity = 3 });
        var client = broker.Connect();
        for (var i = 0; i < 10; i++)
        {
            await client.PublishAsync("a", default, cancellationToken: Token);
        }

        broker.Log.Select(entry => entry.Sequence).Should().Equal(19, 20, 21);
        broker.Counters.Published.Should().Be(10);
    }

    [Fact]
    public async Task A_publisher_that_changes_its_headers_afterwards_changes_no_message()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        BrokerMessage? seen = null;
        await client.SubscribeAsync("a", (message, _) => { seen = message; return ValueTask.CompletedTask; }, cancellationToken: Token);
        var headers = new Dictionary<string, string> { ["k"] = "before" };
        await client.PublishAsync("a", default, new() { Headers = headers }, Token);
        headers["k"] = "after";
        seen!.Headers["k"].Should().Be("before");
    }

    [Fact]
    public async Task Handlers_do_not_inherit_what_is_ambient_for_the_publisher_or_the_caller()
    {
        var ambient = new AsyncLocal<string?>();
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        var seen = new List<string?>();
        ambient.Value = "subscriber";
        await client.SubscribeAsync("a", (_, _) => { seen.Add(ambient.Value); return ValueTask.CompletedTask; }, cancellationToken: Token);
        await client.ServeAsync(["act"], (request, _) => { seen.Add(ambient.Value); return One(new("done", request.Payload, true)); }, cancellationToken: Token);
        ambient.Value = "publisher";
        await client.PublishAsync("a", default, cancellationToken: Token);
        await client.RequestAsync("act", JsonPayload.Parse("{}"), cancellationToken: Token);
        seen.Should().Equal("subscriber", "subscriber");
    }

    [Fact]
    public async Task Time_is_the_brokers_clock()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        await using var broker = new InMemoryBroker(time: time);
        var client = broker.Connect();
        BrokerMessage? seen = null;
        DateTimeOffset? deadline = null;
        await client.SubscribeAsync("a", (message, _) => { seen = message; return ValueTask.CompletedTask; }, cancellationToken: Token);
        await client.ServeAsync(["act"], (request, _) => { deadline = request.Deadline; return One(new("done", request.Payload, true)); }, cancellationToken: Token);
        await client.PublishAsync("a", default, cancellationToken: Token);
        await client.RequestAsync("act", JsonPayload.Parse("{}"), new() { Timeout = TimeSpan.FromSeconds(10) }, Token);
        seen!.Timestamp.Should().Be(time.Start);
        deadline.Should().Be(time.Start.AddSeconds(10));
    }

    [Fact]
    public async Task A_deadline_passes_when_the_clock_says_so()
    {
        var time = new FakeTimeProvider();
        await using var broker = new InMemoryBroker(time: time);
        var client = broker.Connect();
        var cancelled = new TaskCompletionSource();
        await client.ServeAsync(["act"], (_, token) => Never(cancelled, token), cancellationToken: Token);
        var asking = client.RequestAsync("act", default, new() { Timeout = TimeSpan.FromHours(1) }, Token).AsTask();
        time.Advance(TimeSpan.FromMinutes(59));
        asking.IsCompleted.Should().BeFalse();
        time.Advance(TimeSpan.FromMinutes(1));
        (await asking.Awaiting(task => task).Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Timeout);
        await cancelled.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_already_is_a_timeout()
    {
        await using var broker = new InMemoryBroker(time: new FakeTimeProvider());
        var client = broker.Connect();
        await client.ServeAsync(["act"], (_, token) => Never(new(), token), cancellationToken: Token);
        var asking = () => client.RequestAsync("act", default, new() { Timeout = TimeSpan.Zero }, Token).AsTask();
        (await asking.Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Timeout);
    }

    [Fact]
    public async Task Too_many_waiting_requests_are_refused_with_a_hint()
    {
        await using var broker = new InMemoryBroker(new() { MaxQueuedRequests = 1, RetryAfter = TimeSpan.FromSeconds(9) });
        var client = broker.Connect();
        await client.ServeAsync(["act"], (_, token) => Never(new(), token), cancellationToken: Token);
        var served = client.RequestAsync("act", default, cancellationToken: Token).AsTask();
        var waiting = client.RequestAsync("act", default, cancellationToken: Token).AsTask();
        var refused = (await client.Awaiting(one => one.RequestAsync("act", default, cancellationToken: Token).AsTask()).Should().ThrowAsync<BrokerException>()).Which;
        (refused.Code, refused.RetryAfter).Should().Be((BrokerErrorCode.Overloaded, TimeSpan.FromSeconds(9)));
        await client.DisposeAsync();
        await served.Awaiting(task => task).Should().ThrowAsync<BrokerException>();
        await waiting.Awaiting(task => task).Should().ThrowAsync<BrokerException>();
    }

    [Fact]
    public async Task An_answer_that_nobody_reads_ends_in_overload()
    {
        await using var broker = new InMemoryBroker(new() { MaxPendingReplies = 3 });
        var client = broker.Connect();
        await client.ServeAsync(["flood"], (_, _) => Flood(), cancellationToken: Token);
        var asking = () => client.RequestAsync("flood", default, cancellationToken: Token).AsTask();
        (await asking.Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Overloaded);
    }

    [Fact]
    public async Task A_body_that_is_no_object_could_not_travel_and_is_an_error_here_too()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        await client.ServeAsync(["act"], (_, _) => One(new("done", JsonPayload.Parse("[1]"), true)), cancellationToken: Token);
        var asking = () => client.RequestAsync("act", default, cancellationToken: Token).AsTask();
        (await asking.Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Internal);
    }

    [Fact]
    public async Task A_thousand_waiting_requests_are_served_without_growing_the_stack()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        var open = new TaskCompletionSource();
        await client.ServeAsync(["act"], (request, _) => After(open.Task, request), cancellationToken: Token);
        var asking = Enumerable.Range(0, 1000).Select(_ => client.RequestAsync("act", JsonPayload.Parse("{}"), cancellationToken: Token).AsTask()).ToList();
        open.SetResult();
        await Task.WhenAll(asking).WaitAsync(Token);
        broker.Counters.Answered.Should().Be(1000);
    }

    [Fact]
    public async Task The_broker_answers_health_and_metrics_itself()
    {
        var time = new FakeTimeProvider();
        await using var broker = new InMemoryBroker(time: time);
        time.Advance(TimeSpan.FromSeconds(2));
        var health = await broker.Connect().RequestAsync(BrokerActions.SystemHealth, default, cancellationToken: Token);
        health.Body.ToString().Should().Be("""{"payload":{"status":"ok","uptime_ms":2000}}""");
        var metrics = await broker.Connect().RequestAsync(BrokerActions.SystemMetrics, default, cancellationToken: Token);
        metrics.Body.ToString().Should().Be("""{"payload":{"requests":0,"dropped":0,"errors":0}}""");
        var publishing = () => broker.Connect().RequestAsync(BrokerActions.Publish, default, cancellationToken: Token).AsTask();
        (await publishing.Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.InvalidRequest);
    }

    [Fact]
    public async Task Brokers_share_nothing()
    {
        await using var one = new InMemoryBroker();
        await using var other = new InMemoryBroker();
        var heard = false;
        await other.Connect().SubscribeAsync(">", (_, _) => { heard = true; return ValueTask.CompletedTask; }, cancellationToken: Token);
        await one.Connect().PublishAsync("a", default, cancellationToken: Token);
        heard.Should().BeFalse();
        other.Counters.Published.Should().Be(0);
    }

    [Fact]
    public async Task Disposing_the_broker_disposes_its_clients()
    {
        var broker = new InMemoryBroker();
        var client = broker.Connect();
        await broker.DisposeAsync();
        client.State.Should().Be(BrokerConnectionState.Closed);
        broker.Invoking(one => one.Connect()).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void Limits_out_of_range_are_refused()
    {
        foreach (var options in new InMemoryBrokerOptions[]
        {
            new() { RequestTimeout = TimeSpan.Zero },
            new() { DisconnectedTimeout = TimeSpan.FromTicks(-1) },
            new() { MaxQueuedRequests = -1 },
            new() { RetryAfter = TimeSpan.FromTicks(-1) },
            new() { MaxPendingReplies = 0 },
            new() { LogCapacity = 0 },
        })
        {
            options.Invoking(one => new InMemoryBroker(one)).Should().Throw<ArgumentOutOfRangeException>();
        }
    }

    private static ValueTask Note(List<string> seen, string who, BrokerMessage message)
    {
        seen.Add($"{who} {message.Payload}");
        return ValueTask.CompletedTask;
    }

    private static async IAsyncEnumerable<BrokerReply> One(BrokerReply reply)
    {
        await Task.CompletedTask;
        yield return reply;
    }

    private static async IAsyncEnumerable<BrokerReply> After(Task open, BrokerRequest request)
    {
        await open;
        yield return new("done", request.Payload, true);
    }

    private static async IAsyncEnumerable<BrokerReply> Flood()
    {
        await Task.CompletedTask;
        for (var i = 0; i < 100; i++)
        {
            yield return new("step", JsonPayload.Parse("{}"), false);
        }
    }

    private static async IAsyncEnumerable<BrokerReply> Never(TaskCompletionSource cancelled, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }
        finally
        {
            cancelled.TrySetResult();
        }

        yield break;
    }
}
