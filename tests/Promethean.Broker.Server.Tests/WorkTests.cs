using Microsoft.Extensions.Time.Testing;
using Promethean.Broker.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>The wire of requests and workers, frame by frame.</summary>
public sealed class WorkTests
{
    [Fact]
    public async Task A_request_goes_to_the_worker_and_its_answer_is_framed_anew()
    {
        await using var broker = await TestBroker.StartAsync();
        using var worker = await WorkerAsync(broker, credit: 1);
        using var caller = await broker.RawAsync();
        await caller.SendAsync("""{"id":"q\u0031","action":"job","payload":{"a": 1},"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}""");

        var task = (await worker.NextAsync()).GetProperty("task");
        task.GetProperty("action").GetString().Should().Be("job");
        task.GetProperty("payload").GetRawText().Should().Be("""{"a": 1}""");
        task.GetProperty("attempts").GetInt32().Should().Be(1);
        task.GetProperty("traceparent").GetString().Should().StartWith("00-0af7");
        var id = task.GetProperty("id").GetString()!;
        await worker.SendAsync(Respond(id, "step", """{ "n": 1, "id": "worker's", "final": 3 }"""));
        await worker.SendAsync(Respond(id, "done", "{}", final: true));

        (await caller.NextTextAsync()).Should().Be("""{"id":"q\u0031","event":"step","n": 1}""");
        (await caller.NextTextAsync()).Should().Be("""{"id":"q\u0031","event":"done","final":true}""");
    }

    [Fact]
    public async Task A_cancelled_request_ends_at_once_and_what_the_worker_still_says_is_dropped()
    {
        await using var broker = await TestBroker.StartAsync();
        using var worker = await WorkerAsync(broker, credit: 1);
        using var caller = await broker.RawAsync();
        await caller.SendAsync("""{"id":"1","action":"job"}""");
        var id = await TaskAsync(worker);
        await caller.SendAsync("""{"action":"cancel","payload":{"id":"1"}}""");
        (await caller.NextTextAsync()).Should().Be("""{"id":"1","event":"cancelled","final":true}""");
        var word = await worker.NextAsync();
        word.GetProperty("event").GetString().Should().Be("task-cancelled");
        word.GetProperty("task").GetProperty("id").GetString().Should().Be(id);

        // The worker is still at it: its one credit is taken until it says that it has ended.
        await caller.AskAsync("""[{"id":"2","action":"job"},{"id":"h","action":"heartbeat"}]""");
        (await worker.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("event").GetString().Should().Be("ok", "no task came before it");
        await worker.SendAsync(Respond(id, "done", "{}", final: true));
        var next = await TaskAsync(worker);
        await worker.SendAsync(Respond(next, "done", "{}", final: true));
        (await caller.NextAsync()).GetProperty("id").GetString().Should().Be("2");
    }

    [Fact]
    public async Task Cancelling_what_is_unknown_is_ignored()
    {
        await using var broker = await TestBroker.StartAsync();
        using var caller = await broker.RawAsync();
        (await caller.AskAsync("""{"id":"c","action":"cancel","payload":{"id":"nothing"}}""")).GetProperty("event").GetString().Should().Be("ok");
    }

    [Fact]
    public async Task A_second_request_of_an_id_in_flight_is_refused_without_ending_the_first()
    {
        await using var broker = await TestBroker.StartAsync();
        using var worker = await WorkerAsync(broker, credit: 2);
        using var caller = await broker.RawAsync();
        await caller.SendAsync("""{"id":"1","action":"job"}""");
        var task = await TaskAsync(worker);
        var refusal = await caller.AskAsync("""{"id":"1","action":"job"}""");
        refusal.GetProperty("id").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null, "the id is the first request's");
        refusal.GetProperty("code").GetString().Should().Be("invalid_request");
        await worker.SendAsync(Respond(task, "done", "{}", final: true));
        (await caller.NextTextAsync()).Should().Be("""{"id":"1","event":"done","final":true}""");
    }

    [Fact]
    public async Task A_worker_that_vanishes_fails_its_requests_at_once()
    {
        await using var broker = await TestBroker.StartAsync();
        var worker = await WorkerAsync(broker, credit: 2);
        using var caller = await broker.RawAsync();
        await caller.SendAsync("""[{"id":"1","action":"job"},{"id":"2","action":"job"},{"id":"3","action":"job"}]""");
        await TaskAsync(worker);
        await TaskAsync(worker);
        worker.Abort();
        var codes = new Dictionary<string, string>();
        for (var i = 0; i < 3; i++)
        {
            var error = await caller.NextAsync();
            codes.Add(error.GetProperty("id").GetString()!, error.GetProperty("code").GetString()!);
        }

        codes.Should().Equal(new Dictionary<string, string> { ["3"] = "no_responders", ["1"] = "internal", ["2"] = "internal" });
    }

    [Fact]
    public async Task A_callers_end_takes_its_requests_back()
    {
        await using var broker = await TestBroker.StartAsync();
        using var worker = await WorkerAsync(broker, credit: 1);
        var caller = await broker.RawAsync();
        await caller.SendAsync("""[{"id":"1","action":"job"},{"id":"2","action":"job"}]""");
        var task = await TaskAsync(worker);
        caller.Abort();
        (await worker.NextAsync()).GetProperty("event").GetString().Should().Be("task-cancelled");
        await worker.SendAsync(Respond(task, "done", "{}", final: true));
        (await worker.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h", "the second was never assigned");
        broker.Work.Count().Should().Be((1, 0, 0));
    }

    [Fact]
    public async Task Urgent_requests_go_first_and_equals_by_age()
    {
        await using var broker = await TestBroker.StartAsync();
        using var worker = await WorkerAsync(broker, credit: 1);
        using var caller = await broker.RawAsync();
        await caller.SendAsync("""{"id":"first","action":"job","payload":0}""");
        var task = await TaskAsync(worker);
        await caller.SendAsync("""[{"id":"1","action":"job","payload":1},{"id":"2","action":"job","payload":2,"priority":5},{"id":"3","action":"job","payload":3,"priority":5},{"id":"4","action":"job","payload":4,"priority":-1},{"id":"h","action":"heartbeat"}]""");
        await caller.NextAsync();
        var order = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            await worker.SendAsync(Respond(task, "done", "{}", final: true));
            var next = (await worker.NextAsync()).GetProperty("task");
            task = next.GetProperty("id").GetString()!;
            order.Add(next.GetProperty("payload").GetInt32());
        }

        order.Should().Equal(2, 3, 1, 4);
    }

    [Fact]
    public async Task A_full_queue_is_overloaded_and_says_when_to_come_again()
    {
        await using var broker = await TestBroker.StartAsync(options => options.MaxQueuedPerAction = 2);
        using var worker = await WorkerAsync(broker, credit: 1);
        using var caller = await broker.RawAsync();
        await caller.SendAsync("""[{"id":"1","action":"job"},{"id":"2","action":"job"},{"id":"3","action":"job"},{"id":"4","action":"job"}]""");
        var refusal = await caller.NextAsync();
        refusal.GetProperty("id").GetString().Should().Be("4");
        refusal.GetProperty("code").GetString().Should().Be("overloaded");
        refusal.GetProperty("retry_after_ms").GetInt32().Should().BeInRange(100, 30_000);
    }

    [Fact]
    public async Task A_connection_with_too_many_requests_is_overloaded()
    {
        await using var broker = await TestBroker.StartAsync(options => options.MaxRequests = 2);
        using var worker = await WorkerAsync(broker, credit: 10);
        using var caller = await broker.RawAsync();
        var refusal = await caller.AskAsync("""[{"id":"1","action":"job"},{"action":"job"},{"id":"3","action":"job"}]""");
        refusal.GetProperty("id").GetString().Should().Be("3");
        refusal.GetProperty("code").GetString().Should().Be("overloaded");
    }

    [Fact]
    public async Task A_deadline_that_passes_in_the_queue_or_at_the_worker_is_a_timeout()
    {
        var time = new FakeTimeProvider();
        await using var broker = await TestBroker.StartAsync(time: time);
        using var worker = await WorkerAsync(broker, credit: 1);
        using var caller = await broker.RawAsync();
        await caller.SendAsync("""[{"id":"running","action":"job","deadline_ms":1000},{"id":"waiting","action":"job","deadline_ms":500},{"id":"h","action":"heartbeat"}]""");
        var assigned = (await worker.NextAsync()).GetProperty("task");
        assigned.GetProperty("deadline_ms").GetInt32().Should().Be(1000);
        await caller.NextAsync();

        time.Advance(TimeSpan.FromMilliseconds(500));
        var first = await caller.NextAsync();
        (first.GetProperty("id").GetString(), first.GetProperty("code").GetString()).Should().Be(("waiting", "timeout"));
        time.Advance(TimeSpan.FromMilliseconds(500));
        var second = await caller.NextAsync();
        (second.GetProperty("id").GetString(), second.GetProperty("code").GetString()).Should().Be(("running", "timeout"));
        (await worker.NextAsync()).GetProperty("event").GetString().Should().Be("task-cancelled");
    }

    [Fact]
    public async Task A_deadline_of_zero_is_a_timeout_at_once()
    {
        await using var broker = await TestBroker.StartAsync();
        using var worker = await WorkerAsync(broker, credit: 1);
        using var caller = await broker.RawAsync();
        (await caller.AskAsync("""{"id":"1","action":"job","deadline_ms":0}""")).GetProperty("code").GetString().Should().Be("timeout");
    }

    [Fact]
    public async Task A_request_without_an_id_is_done_and_answered_to_nobody()
    {
        await using var broker = await TestBroker.StartAsync();
        using var worker = await WorkerAsync(broker, credit: 1);
        using var caller = await broker.RawAsync();
        await caller.SendAsync("""{"action":"job"}""");
        await worker.SendAsync(Respond(await TaskAsync(worker), "done", "{}", final: true));
        await Until.TrueAsync(() => broker.Work.Count().Open == 0);
        (await caller.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h");
    }

    [Theory]
    [InlineData("""{"taskId":"@","event":"message","body":{}}""", false)]
    [InlineData("""{"taskId":"@","event":"no good","body":{}}""", true)]
    [InlineData("""{"taskId":"@","event":"done","body":[],"final":true}""", true)]
    [InlineData("""{"taskId":"@"}""", true)]
    [InlineData("""{"\ud800":1,"taskId":"@","event":"done","final":true}""", true)]
    public async Task An_answer_that_no_client_could_read_fails_its_request_and_tells_the_worker(string payload, bool isWrong)
    {
        await using var broker = await TestBroker.StartAsync();
        using var worker = await broker.RawAsync();
        await worker.AskAsync("""{"id":"r","action":"ready","payload":{"actions":["job"],"credit":1}}""");
        using var caller = await broker.RawAsync();
        await caller.SendAsync("""{"id":"1","action":"job"}""");
        var task = await TaskAsync(worker);
        var answer = $$$"""{"id":"a","action":"respond","payload":{{{payload.Replace("@", task, StringComparison.Ordinal)}}}}""";
        var refusal = isWrong ? await worker.AskWrongAsync(answer) : await worker.AskAsync(answer);
        refusal.GetProperty("code").GetString().Should().Be("invalid_request");
        (await caller.NextAsync()).GetProperty("code").GetString().Should().Be("internal");
    }

    [Fact]
    public async Task A_workers_error_is_made_fit_for_the_wire()
    {
        await using var broker = await TestBroker.StartAsync();
        using var worker = await WorkerAsync(broker, credit: 1);
        using var caller = await broker.RawAsync();
        await caller.SendAsync("""{"id":"1","action":"job"}""");
        await worker.SendAsync(Respond(await TaskAsync(worker), "error", """{"code":"made_up","message":7,"retry_after_ms":1e300}"""));
        var error = await caller.NextAsync();
        error.GetProperty("code").GetString().Should().Be("internal");
        error.GetProperty("message").GetString().Should().NotBeEmpty();
        error.GetProperty("retry_after_ms").GetInt64().Should().Be(int.MaxValue);
    }

    [Fact]
    public async Task A_worker_can_be_changed_and_ended_by_its_name()
    {
        await using var broker = await TestBroker.StartAsync();
        using var worker = await broker.RawAsync();
        using var caller = await broker.RawAsync();
        await worker.AskAsync("""{"id":"1","action":"ready","payload":{"worker":"w","actions":["a"],"credit":1}}""");
        await worker.AskAsync("""{"id":"2","action":"ready","payload":{"worker":"w","actions":["b"],"credit":1}}""");
        (await caller.AskAsync("""{"id":"1","action":"a"}""")).GetProperty("code").GetString().Should().Be("no_responders");
        await caller.SendAsync("""{"id":"2","action":"b"}""");
        (await worker.NextAsync()).GetProperty("task").GetProperty("worker").GetString().Should().Be("w");
        await worker.AskAsync("""{"id":"3","action":"ready","payload":{"worker":"w","actions":[],"credit":0}}""");
        (await caller.NextAsync()).GetProperty("code").GetString().Should().Be("internal");
        (await caller.AskAsync("""{"id":"3","action":"b"}""")).GetProperty("code").GetString().Should().Be("no_responders");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_refused_is_refused_alike_with_a_backplane_and_without(bool hasBackplane)
    {
        void Configure(BrokerServerOptions options)
        {
            options.MaxRequests = 1;
            options.MaxRequestsPerOrg = 1;
            options.Tokens.Add(new() { Token = "the-token-of-alice", Scopes = { "serve", "request:job", "request:nobodys" } });
        }

        await using var backplane = new InMemoryBroker();
        await using var broker = hasBackplane ? await TestBroker.StartAsync(() => backplane.Connect(), Configure) : await TestBroker.StartAsync(Configure);
        using var worker = await broker.RawAsync(token: "the-token-of-alice");
        await worker.AskAsync("""{"id":"ready","action":"ready","payload":{"actions":["job"],"credit":1}}""");
        using var caller = await broker.RawAsync(token: "the-token-of-alice");

        (await CodeAsync("""{"id":"1","action":"forbidden","deadline_ms":0}""")).Should().Be("forbidden");
        (await CodeAsync("""{"id":"1","action":"nobodys","deadline_ms":0}""")).Should().Be("timeout");
        (await CodeAsync("""{"id":"1","action":"job","deadline_ms":0}""")).Should().Be("timeout");
        (await CodeAsync("""{"id":"1","action":"nobodys"}""")).Should().Be("no_responders");
        await caller.SendAsync("""{"id":"held","action":"job"}""");
        await TaskAsync(worker);
        (await CodeAsync("""{"id":"1","action":"forbidden","deadline_ms":0}""")).Should().Be("overloaded");
        (await CodeAsync("""{"id":"held","action":"forbidden","deadline_ms":0}""")).Should().Be("invalid_request");
        using var other = await broker.RawAsync(token: "the-token-of-alice");
        (await other.AskAsync("""{"id":"1","action":"nobodys"}""")).GetProperty("message").GetString().Should().StartWith("An organisation has at most 1 request");
        await other.CloseAsync();
        var stopping = broker.StopAsync();
        var told = (await caller.AskAsync("""{"id":"1","action":"forbidden","deadline_ms":0}""")).GetRawText();
        told.Should().Contain("shutting down");
        await caller.AskAsync("""{"action":"cancel","payload":{"id":"held"}}""");
        await caller.CloseAsync();
        await worker.CloseAsync();
        await stopping;

        async Task<string?> CodeAsync(string frame) => (await caller.AskAsync(frame)).GetProperty("code").GetString();
    }

    [Fact]
    public async Task The_broker_answers_for_itself()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        await client.AskAsync("""{"id":"1","action":"ready","payload":{"actions":["a","b"],"credit":1,"models":["m2","m1"]}}""");
        (await client.AskAsync("""{"id":"2","action":"models.list"}""")).GetProperty("payload").GetRawText().Should()
            .Be("""{"object":"list","data":[{"id":"m1","object":"model"},{"id":"m2","object":"model"}]}""");
        (await client.AskAsync("""{"id":"3","action":"system.health"}""")).GetProperty("payload").GetProperty("status").GetString().Should().Be("ok");
        var metrics = (await client.AskAsync("""{"id":"4","action":"system.metrics"}""")).GetProperty("payload");
        metrics.GetProperty("connections").GetInt32().Should().Be(1);
        metrics.GetProperty("workers").GetInt32().Should().Be(1);
        metrics.GetProperty("frames").GetInt64().Should().Be(4);
    }

    [Fact]
    public async Task Models_are_gathered_once_until_the_workers_change()
    {
        await using var broker = await TestBroker.StartAsync();
        using var worker = await broker.RawAsync();
        await worker.AskAsync("""{"id":"1","action":"ready","payload":{"actions":["job"],"credit":1,"models":["m1"]}}""");
        var first = broker.Work.Models();
        first.Should().Equal("m1");
        await worker.AskAsync("""{"id":"2","action":"ready","payload":{"actions":["job"],"credit":9,"models":["m1"]}}""");
        broker.Work.Models().Should().BeSameAs(first);
        await worker.AskAsync("""{"id":"3","action":"ready","payload":{"actions":["job"],"credit":9,"models":["m2"]}}""");
        broker.Work.Models().Should().Equal("m2");
        using var other = await broker.RawAsync();
        await other.AskAsync("""{"id":"1","action":"ready","payload":{"actions":["job"],"credit":1,"models":["m1"]}}""");
        broker.Work.Models().Should().Equal("m1", "m2");
        await other.CloseAsync();
        broker.Work.Models().Should().Equal("m2");
        await worker.AskAsync("""{"id":"4","action":"ready","payload":{"actions":[],"credit":0}}""");
        broker.Work.Models().Should().BeEmpty();
    }

    private static async Task<RawClient> WorkerAsync(TestBroker broker, int credit)
    {
        var worker = await broker.RawAsync();
        var ok = await worker.AskAsync($$$"""{"id":"ready","action":"ready","payload":{"actions":["job"],"credit":{{{credit}}}}}""");
        ok.GetProperty("event").GetString().Should().Be("ok");
        return worker;
    }

    private static async Task<string> TaskAsync(RawClient worker) => (await worker.NextAsync()).GetProperty("task").GetProperty("id").GetString()!;

    private static string Respond(string task, string name, string body, bool final = false) =>
        $$$"""{"action":"respond","payload":{"taskId":"{{{task}}}","event":"{{{name}}}","body":{{{body}}},"final":{{{(final ? "true" : "false")}}}}}""";
}
