using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>The wire of queues, frame by frame.</summary>
public sealed class QueueTests
{
    [Fact]
    public async Task A_task_is_acknowledged_then_assigned_with_all_that_it_came_with()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(1795000000000));
        await using var broker = await TestBroker.StartAsync(time: time);
        using var client = await broker.RawAsync();
        (await client.AskAsync("""{"id":"r","action":"ready","payload":{"queue":"q","credit":2,"worker":"mine"}}""")).GetProperty("event").GetString().Should().Be("ok");
        var ok = await client.AskAsync("""{"id":"1","action":"enqueue","payload":{"queue":"q","payload":{"a": 1},"headers":{"h":"v"}}}""");
        ok.GetProperty("payload").GetProperty("duplicate").GetBoolean().Should().BeFalse();
        var id = ok.GetProperty("payload").GetProperty("taskId").GetString();
        (await client.NextTextAsync()).Should().Be(
            $$$"""{"event":"task-assigned","task":{"id":"{{{id}}}","queue":"q","payload":{"a": 1},"attempts":1,"ts":1795000000000,"headers":{"h":"v"},"worker":"mine"}}""");
    }

    [Fact]
    public async Task A_task_without_an_id_is_added_and_answered_to_nobody()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        await client.SendAsync("""{"action":"enqueue","payload":{"queue":"q","payload":1}}""");
        (await client.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h");
        broker.Queues.Count().Should().Be((0, 1, 1));
    }

    [Theory]
    [InlineData("ack")]
    [InlineData("nack")]
    public async Task A_task_is_settled_once_and_by_its_holder_alone(string action)
    {
        await using var broker = await TestBroker.StartAsync();
        using var holder = await ConsumerAsync(broker);
        using var other = await ConsumerAsync(broker, "other");
        var id = await HeldAsync(other, holder);

        CodeOf(await other.AskAsync(Settle(action, "q", id))).Should().Be("not_found");
        CodeOf(await holder.AskAsync(Settle(action, "other", id))).Should().Be("not_found");
        await holder.AskAsync("""{"id":"e","action":"ready","payload":{"queue":"q","credit":0}}""");
        CodeOf(await holder.AskAsync(Settle(action, "q", id))).Should().BeNull("it is held beyond the registration's end");
        CodeOf(await holder.AskAsync(Settle(action, "q", id))).Should().Be("not_found");
        broker.Queues.Count().Should().Be((1, action == "ack" ? 0 : 1, action == "ack" ? 0 : 1));
    }

    [Fact]
    public async Task A_consumer_without_credit_left_is_assigned_nothing_and_can_be_given_more()
    {
        await using var broker = await TestBroker.StartAsync();
        using var consumer = await ConsumerAsync(broker);
        using var sender = await broker.RawAsync();
        await HeldAsync(sender, consumer);
        await sender.AskAsync("""{"id":"2","action":"enqueue","payload":{"queue":"q","payload":2}}""");
        (await consumer.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h", "no task came before it");
        (await consumer.AskAsync("""{"id":"r","action":"ready","payload":{"queue":"q","credit":2}}""")).GetProperty("id").GetString().Should().Be("r");
        (await consumer.NextAsync()).GetProperty("task").GetProperty("payload").GetInt32().Should().Be(2);
        broker.Queues.Count().Consumers.Should().Be(1, "the same name is the same consumer");
    }

    [Fact]
    public async Task A_name_that_registers_for_another_queue_leaves_the_first()
    {
        await using var broker = await TestBroker.StartAsync();
        using var consumer = await ConsumerAsync(broker, "first");
        await consumer.AskAsync("""{"id":"r","action":"ready","payload":{"queue":"second","credit":1}}""");
        await consumer.AskAsync("""{"id":"1","action":"enqueue","payload":{"queue":"first","payload":1}}""");
        await consumer.AskAsync("""{"id":"2","action":"enqueue","payload":{"queue":"second","payload":2}}""");
        (await consumer.NextAsync()).GetProperty("task").GetProperty("queue").GetString().Should().Be("second");
        broker.Queues.Count().Should().Be((1, 2, 2));
    }

    [Fact]
    public async Task Tasks_go_to_the_least_loaded_and_then_to_the_longest_idle()
    {
        await using var broker = await TestBroker.StartAsync();
        using var sender = await broker.RawAsync();
        using var one = await ConsumerAsync(broker, credit: 3);
        using var two = await ConsumerAsync(broker, credit: 3);
        var first = await HeldAsync(sender, one);
        await HeldAsync(sender, two);
        await one.AskAsync(Settle("ack", "q", first));
        await HeldAsync(sender, one);
        await HeldAsync(sender, two);
        await HeldAsync(sender, one);
        await HeldAsync(sender, two);
    }

    [Fact]
    public async Task A_full_queue_and_one_queue_too_many_are_overloaded()
    {
        await using var broker = await TestBroker.StartAsync(options =>
        {
            options.MaxQueuedTasks = 2;
            options.MaxQueues = 2;
        });
        using var client = await broker.RawAsync();
        await client.AskAsync(Enqueue("a"));
        await client.AskAsync(Enqueue("a"));
        var full = await client.AskAsync(Enqueue("a"));
        CodeOf(full).Should().Be("overloaded");
        full.GetProperty("retry_after_ms").GetInt32().Should().BePositive();
        CodeOf(await client.AskAsync(Enqueue("b"))).Should().BeNull();
        CodeOf(await client.AskAsync(Enqueue("c"))).Should().Be("overloaded");
        CodeOf(await client.AskAsync(Enqueue("c.dead"))).Should().Be("overloaded", "only what dies may make a queue beyond the limit");
    }

    [Fact]
    public async Task A_credit_beyond_what_a_connection_may_hold_back_does_not_cost_it()
    {
        const int Tasks = 300;
        await using var broker = await TestBroker.StartAsync(options => options.MaxQueuedReplies = 8);
        using var sender = await broker.RawAsync();
        for (var i = 0; i < Tasks; i++)
        {
            await sender.AskAsync(Enqueue("q"));
        }

        using var consumer = await ConsumerAsync(broker, credit: Tasks);
        for (var i = 0; i < Tasks; i++)
        {
            (await consumer.NextAsync()).GetProperty("task").GetProperty("attempts").GetInt32().Should().Be(1);
        }
    }

    [Fact]
    public async Task Workers_and_consumers_share_their_limit()
    {
        await using var broker = await TestBroker.StartAsync(options => options.MaxWorkers = 2);
        using var client = await broker.RawAsync();
        CodeOf(await client.AskAsync("""{"id":"1","action":"ready","payload":{"queue":"q","credit":1,"worker":"a"}}""")).Should().BeNull();
        CodeOf(await client.AskAsync("""{"id":"2","action":"ready","payload":{"actions":["x"],"credit":1,"worker":"a"}}""")).Should().BeNull();
        CodeOf(await client.AskAsync("""{"id":"3","action":"ready","payload":{"queue":"q","credit":1,"worker":"b"}}""")).Should().Be("too_large");
        CodeOf(await client.AskAsync("""{"id":"4","action":"ready","payload":{"actions":["x"],"credit":1,"worker":"b"}}""")).Should().Be("too_large");
        CodeOf(await client.AskAsync("""{"id":"5","action":"ready","payload":{"queue":"q","credit":0,"worker":"a"}}""")).Should().BeNull();
        CodeOf(await client.AskAsync("""{"id":"6","action":"ready","payload":{"queue":"q","credit":1,"worker":"b"}}""")).Should().BeNull();
    }

    [Fact]
    public async Task What_a_lost_connection_held_goes_to_others_at_once_and_after_the_last_attempt_to_the_dead_letters()
    {
        await using var broker = await TestBroker.StartAsync();
        using var sender = await broker.RawAsync();
        var holder = await ConsumerAsync(broker, credit: 2);
        await sender.AskAsync("""{"id":"1","action":"enqueue","payload":{"queue":"q","payload":1}}""");
        await sender.AskAsync("""{"id":"2","action":"enqueue","payload":{"queue":"q","payload":2,"max_attempts":1}}""");
        await holder.NextAsync();
        await holder.NextAsync();
        using var next = await ConsumerAsync(broker);
        using var dead = await ConsumerAsync(broker, "q.dead");

        holder.Abort();
        var task = (await next.NextAsync()).GetProperty("task");
        (task.GetProperty("payload").GetInt32(), task.GetProperty("attempts").GetInt32()).Should().Be((1, 2));
        var letter = (await dead.NextAsync()).GetProperty("task");
        letter.GetProperty("payload").GetInt32().Should().Be(2);
        letter.GetProperty("headers").GetProperty("x-dead-letter-reason").GetString().Should().Be("the consumer's connection ended");
    }

    [Fact]
    public async Task A_lease_that_runs_out_takes_the_task_from_its_holder()
    {
        var time = new FakeTimeProvider();
        await using var broker = await TestBroker.StartAsync(time: time);
        using var sender = await broker.RawAsync();
        using var holder = await broker.RawAsync();
        await holder.AskAsync("""{"id":"r","action":"ready","payload":{"queue":"q","credit":1,"lease_ms":1000}}""");
        await sender.AskAsync("""{"id":"1","action":"enqueue","payload":{"queue":"q","payload":1,"max_attempts":2}}""");
        var first = await TaskAsync(holder);
        using var dead = await ConsumerAsync(broker, "q.dead");

        time.Advance(TimeSpan.FromMilliseconds(999));
        (await holder.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h", "the lease still runs");
        time.Advance(TimeSpan.FromMilliseconds(1));
        var again = (await holder.NextAsync()).GetProperty("task");
        again.GetProperty("id").GetString().Should().Be(first);
        again.GetProperty("attempts").GetInt32().Should().Be(2);

        time.Advance(TimeSpan.FromSeconds(1));
        var letter = (await dead.NextAsync()).GetProperty("task");
        letter.GetProperty("headers").GetProperty("x-dead-letter-reason").GetString().Should().Be("the lease ran out");
        CodeOf(await holder.AskAsync(Settle("ack", "q", first))).Should().Be("not_found");
    }

    [Fact]
    public async Task Delays_follow_the_brokers_clock_also_while_nobody_consumes()
    {
        var time = new FakeTimeProvider();
        await using var broker = await TestBroker.StartAsync(time: time);
        using var client = await broker.RawAsync();
        await client.AskAsync("""{"id":"1","action":"enqueue","payload":{"queue":"idle","payload":1,"delay_ms":500}}""");
        await client.AskAsync("""{"id":"2","action":"enqueue","payload":{"queue":"q","payload":2,"delay_ms":1000}}""");
        await client.AskAsync("""{"id":"r","action":"ready","payload":{"queue":"q","credit":1}}""");
        time.Advance(TimeSpan.FromMilliseconds(999));
        (await client.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h", "the delay still runs");
        time.Advance(TimeSpan.FromMilliseconds(1));
        (await client.NextAsync()).GetProperty("task").GetProperty("payload").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task A_name_keeps_others_out_for_the_window_after_its_task_is_done()
    {
        var time = new FakeTimeProvider();
        await using var broker = await TestBroker.StartAsync(options => options.DedupeWindow = TimeSpan.FromMinutes(1), time);
        using var client = await ConsumerAsync(broker);
        const string Named = """{"id":"1","action":"enqueue","payload":{"queue":"q","payload":1,"dedupe_id":"n"}}""";
        await client.AskAsync(Named);
        await client.AskAsync(Settle("ack", "q", await TaskAsync(client)));
        time.Advance(TimeSpan.FromSeconds(59));
        (await client.AskAsync(Named)).GetProperty("payload").GetProperty("duplicate").GetBoolean().Should().BeTrue();
        time.Advance(TimeSpan.FromSeconds(1));
        (await client.AskAsync(Named)).GetProperty("payload").GetProperty("duplicate").GetBoolean().Should().BeFalse();
    }

    [Fact]
    public async Task A_stopping_host_takes_no_tasks_and_does_not_wait_for_them()
    {
        await using var broker = await TestBroker.StartAsync();
        using var worker = await broker.RawAsync();
        await worker.AskAsync("""{"id":"r","action":"ready","payload":{"actions":["job"],"credit":1}}""");
        using var client = await ConsumerAsync(broker);
        var held = await HeldAsync(client, client);
        await client.AskAsync(Enqueue("q"));
        await client.SendAsync("""{"id":"j","action":"job"}""");
        var job = await TaskAsync(worker);

        var stopping = broker.StopAsync();
        CodeOf(await client.AskAsync(Enqueue("q"))).Should().Be("overloaded");
        CodeOf(await client.AskAsync(Settle("ack", "q", held))).Should().BeNull("what is done may still be said");
        await worker.SendAsync($$$"""{"action":"respond","payload":{"taskId":"{{{job}}}","event":"done","final":true}}""");
        (await client.NextAsync()).GetProperty("event").GetString().Should().Be("done", "no further task came before it");
        (await client.ReadAsync()).Should().BeNull();
        await client.CloseAsync();
        (await worker.ReadAsync()).Should().BeNull();
        await worker.CloseAsync();
        await stopping;
    }

    [Fact]
    public async Task The_broker_tells_what_its_queues_hold()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await ConsumerAsync(broker);
        await HeldAsync(client, client);
        await client.AskAsync(Enqueue("q"));
        await client.AskAsync(Enqueue("r"));
        var metrics = (await client.AskAsync("""{"id":"m","action":"system.metrics"}""")).GetProperty("payload");
        metrics.GetProperty("consumers").GetInt32().Should().Be(1);
        metrics.GetProperty("queues").GetInt32().Should().Be(2);
        metrics.GetProperty("tasks").GetInt32().Should().Be(3);
    }

    private static async Task<RawClient> ConsumerAsync(TestBroker broker, string queue = "q", int credit = 1)
    {
        var client = await broker.RawAsync();
        var ok = await client.AskAsync($$$"""{"id":"ready","action":"ready","payload":{"queue":"{{{queue}}}","credit":{{{credit}}}}}""");
        ok.GetProperty("event").GetString().Should().Be("ok");
        return client;
    }

    /// <summary>Enqueues a task and waits until that consumer has it.</summary>
    private static async Task<string> HeldAsync(RawClient sender, RawClient holder)
    {
        await sender.AskAsync(Enqueue("q"));
        return await TaskAsync(holder);
    }

    private static async Task<string> TaskAsync(RawClient client) => (await client.NextAsync()).GetProperty("task").GetProperty("id").GetString()!;

    private static string Enqueue(string queue) => $$$"""{"id":"enqueue","action":"enqueue","payload":{"queue":"{{{queue}}}","payload":null}}""";

    private static string Settle(string action, string queue, string task) =>
        $$$"""{"id":"settle","action":"{{{action}}}","payload":{"queue":"{{{queue}}}","taskId":"{{{task}}}"}}""";

    private static string? CodeOf(JsonElement answer) => answer.TryGetProperty("code", out var code) ? code.GetString() : null;
}
