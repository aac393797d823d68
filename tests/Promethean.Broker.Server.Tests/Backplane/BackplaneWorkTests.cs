using System.Runtime.CompilerServices;

namespace Promethean.Broker.Server.Tests;

public sealed class BackplaneWorkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_served_by_a_worker_of_another_broker_event_by_event()
    {
        await using var brokers = await BrokerPair.StartAsync();
        await brokers.B.Client().ServeAsync(["count"], CountAsync, cancellationToken: Token);
        var events = new List<string>();
        await foreach (var reply in brokers.A.Client().RequestStreamAsync("count", JsonPayload.Parse("3"), cancellationToken: Token))
        {
            events.Add($"{reply.Event} {reply.IsFinal}");
        }

        events.Should().Equal("step False", "step False", "step False", "done True");
    }

    [Fact]
    public async Task A_cancelled_request_ends_the_worker_s_token_on_another_broker()
    {
        await using var brokers = await BrokerPair.StartAsync();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await brokers.B.Client().ServeAsync(["hang"], HangAsync, cancellationToken: Token);
        using var caller = await brokers.A.RawAsync();
        (await caller.AskAsync("""{"id":"r","action":"hang"}""")).GetProperty("event").GetString().Should().Be("step");
        await caller.SendAsync("""{"action":"cancel","payload":{"id":"r"}}""");
        (await caller.NextAsync()).GetProperty("event").GetString().Should().Be("cancelled");
        await ended.Task.WaitAsync(TestBroker.HangGuard, TimeProvider.System, Token);
        (await caller.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h", "there is one terminal event");

        async IAsyncEnumerable<BrokerReply> HangAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await using var registration = cancellationToken.Register(ended.SetResult);
            yield return WorkerReplies.Partial();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
    }

    [Fact]
    public async Task A_worker_s_error_reaches_the_caller_of_another_broker_as_it_is()
    {
        await using var brokers = await BrokerPair.StartAsync();
        await brokers.B.Client().ServeAsync(
            ["fail"], (_, _) => throw new BrokerException(BrokerErrorCode.UnsupportedMedia, "No pictures.", TimeSpan.FromMilliseconds(7)), cancellationToken: Token);
        var error = (await AskAsync(brokers.A.Client(), "fail").Invoking(task => task).Should().ThrowAsync<BrokerException>()).Which;
        (error.Code, error.Message, error.RetryAfter).Should().Be((BrokerErrorCode.UnsupportedMedia, "No pictures.", TimeSpan.FromMilliseconds(7)));
    }

    [Fact]
    public async Task Without_a_worker_on_any_broker_there_are_no_responders()
    {
        await using var brokers = await BrokerPair.StartAsync();
        var error = (await AskAsync(brokers.A.Client(), "nobody").Invoking(task => task).Should().ThrowAsync<BrokerException>()).Which;
        error.Code.Should().Be(BrokerErrorCode.NoResponders);
    }

    [Fact]
    public async Task A_deadline_is_kept_across_brokers()
    {
        await using var brokers = await BrokerPair.StartAsync();
        await brokers.B.Client().ServeAsync(["hang"], WorkerReplies.HangAsync, cancellationToken: Token);
        using var caller = await brokers.A.RawAsync();
        await caller.AskAsync("""{"id":"r","action":"hang","deadline_ms":60}""");
        var end = await caller.NextAsync();
        (end.GetProperty("event").GetString(), end.GetProperty("code").GetString()).Should().Be(("error", "timeout"));
    }

    [Fact]
    public async Task When_a_worker_s_connection_ends_its_callers_elsewhere_have_a_transient_error_and_the_next_request_goes_to_another()
    {
        await using var brokers = await BrokerPair.StartAsync(options => options.ResumeWindow = TimeSpan.Zero);
        using var worker = await brokers.B.RawAsync();
        await worker.AskAsync("""{"id":"w","action":"ready","payload":{"actions":["job"],"credit":1}}""");
        var caller = brokers.A.Client();
        var asking = AskAsync(caller, "job");
        (await worker.NextAsync()).GetProperty("event").GetString().Should().Be("task-assigned");
        worker.Abort();
        var error = (await asking.Invoking(task => task).Should().ThrowAsync<BrokerException>()).Which;
        (error.Code, error.IsTransient).Should().Be((BrokerErrorCode.Internal, true));

        await brokers.A.Client().ServeAsync(["job"], WorkerReplies.EchoAsync, cancellationToken: Token);
        await Until.TrueAsync(() => brokers.B.Relayed.Count().Workers == 0);
        (await AskAsync(caller, "job")).Event.Should().Be("done");
    }

    [Fact]
    public async Task A_worker_s_credit_holds_for_requests_from_every_broker()
    {
        await using var brokers = await BrokerPair.StartAsync();
        using var worker = await brokers.B.RawAsync();
        await worker.AskAsync("""{"id":"w","action":"ready","payload":{"actions":["job"],"credit":2}}""");
        using var callers = await brokers.A.RawAsync();
        for (var i = 0; i < 4; i++)
        {
            await callers.SendAsync($$"""{"id":"r{{i}}","action":"job","payload":{{i}}}""");
        }

        var first = (await worker.NextAsync()).GetProperty("task");
        var second = (await worker.NextAsync()).GetProperty("task");
        (await worker.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h", "two are what it asked for");
        await worker.SendAsync($$$"""{"action":"respond","payload":{"taskId":"{{{first.GetProperty("id").GetString()}}}","event":"done","final":true}}""");
        (await worker.NextAsync()).GetProperty("task").GetProperty("payload").GetInt32().Should().Be(2);
        second.GetProperty("payload").GetInt32().Should().Be(1);
        (await callers.NextAsync()).GetProperty("id").GetString().Should().Be("r0");
    }

    [Fact]
    public async Task A_worker_that_changes_its_credit_keeps_what_it_is_at()
    {
        await using var brokers = await BrokerPair.StartAsync();
        using var worker = await brokers.B.RawAsync();
        await worker.AskAsync("""{"id":"w","action":"ready","payload":{"actions":["job"],"credit":1}}""");
        using var caller = await brokers.A.RawAsync();
        await caller.SendAsync("""{"id":"r","action":"job"}""");
        var task = (await worker.NextAsync()).GetProperty("task").GetProperty("id").GetString();
        foreach (var credit in new[] { 0, 5 })
        {
            (await worker.AskAsync($$$"""{"id":"w","action":"ready","payload":{"actions":["job"],"credit":{{{credit}}}}}""")).GetProperty("event").GetString().Should().Be("ok");
        }

        await worker.SendAsync($$$"""{"action":"respond","payload":{"taskId":"{{{task}}}","event":"done","final":true}}""");
        (await caller.NextAsync()).GetProperty("event").GetString().Should().Be("done");
    }

    [Fact]
    public async Task Models_of_every_broker_are_listed()
    {
        await using var brokers = await BrokerPair.StartAsync();
        await brokers.A.Client().ServeAsync(["job"], WorkerReplies.EchoAsync, new() { Models = ["m1"] }, Token);
        await brokers.B.Client().ServeAsync(["job"], WorkerReplies.EchoAsync, new() { Models = ["m2"] }, Token);
        using var asking = await brokers.A.RawAsync();
        var list = (await asking.AskAsync("""{"id":"m","action":"models.list"}""")).GetProperty("payload").GetProperty("data");
        list.EnumerateArray().Select(model => model.GetProperty("id").GetString()).Should().Equal("m1", "m2");
    }

    private static async Task<BrokerReply> AskAsync(WebSocketBrokerClient client, string action) =>
        await client.RequestAsync(action, JsonPayload.Parse("1"), new() { Timeout = TestBroker.HangGuard }, Token);

    private static async IAsyncEnumerable<BrokerReply> CountAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = int.Parse(request.Payload.ToString(), System.Globalization.CultureInfo.InvariantCulture); i > 0; i--)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return WorkerReplies.Partial();
        }

        yield return WorkerReplies.Final();
    }
}
