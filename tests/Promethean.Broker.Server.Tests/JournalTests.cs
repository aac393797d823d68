using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>Queues with a journal: what is acknowledged is written, and what comes back after a restart.</summary>
public sealed class JournalTests
{
    private readonly JournalStore _store = new();

    [Fact]
    public async Task A_task_is_neither_acknowledged_nor_given_out_before_it_is_written()
    {
        var journal = new FakeJournal(_store);
        await using var broker = await TestBroker.StartAsync(journal: journal);
        using var client = await ConsumerAsync(broker);
        journal.Stall();
        await client.SendAsync(Enqueue("1"));
        await Until.TrueAsync(() => journal.Batches.Count == 1);
        (await client.AskAsync(Heartbeat)).GetProperty("id").GetString().Should().Be("h", "nothing came before it");
        _store.Tasks.Should().BeEmpty();

        journal.Release();
        (await client.NextAsync()).GetProperty("event").GetString().Should().Be("ok");
        (await client.NextAsync()).GetProperty("task").GetProperty("payload").GetRawText().Should().Be("1");
    }

    [Fact]
    public async Task An_attempt_is_written_before_the_task_is_given_out()
    {
        var journal = new FakeJournal(_store);
        await using var broker = await TestBroker.StartAsync(journal: journal);
        using var client = await broker.RawAsync();
        await client.AskAsync(Enqueue("1"));
        journal.Stall();
        await client.AskAsync(Ready("q"));
        await Until.TrueAsync(() => journal.Batches.Count == 2);
        (await client.AskAsync(Heartbeat)).GetProperty("id").GetString().Should().Be("h", "nothing came before it");
        journal.Release();
        await TaskAsync(client);
        _store.Tasks.Should().ContainSingle().Which.Attempts.Should().Be(1);
    }

    [Theory]
    [InlineData("ack")]
    [InlineData("nack")]
    public async Task What_became_of_a_task_is_acknowledged_when_it_is_written(string action)
    {
        var journal = new FakeJournal(_store);
        await using var broker = await TestBroker.StartAsync(journal: journal);
        using var client = await ConsumerAsync(broker);
        await client.AskAsync(Enqueue("1"));
        var id = await TaskAsync(client);
        await client.AskAsync("""{"id":"r","action":"ready","payload":{"queue":"q","credit":0}}""");
        journal.Stall();
        await client.SendAsync(Settle(action, id));
        await Until.TrueAsync(() => journal.Batches.Count == 3);
        (await client.AskAsync(Heartbeat)).GetProperty("id").GetString().Should().Be("h", "nothing came before it");
        journal.Release();
        (await client.NextAsync()).GetProperty("id").GetString().Should().Be("settle");
        _store.Tasks.Single().DoneAt.HasValue.Should().Be(action == "ack");
    }

    [Fact]
    public async Task After_a_crash_everything_is_there_in_its_order_with_all_that_it_had()
    {
        var journal = new FakeJournal(_store);
        await using (var first = await TestBroker.StartAsync(journal: journal))
        {
            using var client = await ConsumerAsync(first);
            await client.AskAsync("""{"id":"1","action":"enqueue","payload":{"queue":"q","payload":{"a": [1 , 2]},"headers":{"$h.1":"ä"}}}""");
            await TaskAsync(client);
            await client.AskAsync(Enqueue("2"));
            await client.AskAsync(Enqueue("3"));
            await client.AskAsync("""{"id":"1","action":"enqueue","payload":{"queue":"other","payload":4,"delay_ms":86400000}}""");
            journal.Cut();
        }

        await using var second = await TestBroker.StartAsync(journal: new FakeJournal(_store));
        second.Queues.Count().Should().Be((0, 2, 4));
        using var again = await ConsumerAsync(second, credit: 8);
        var task = (await again.NextAsync()).GetProperty("task");
        task.GetProperty("payload").GetRawText().Should().Be("""{"a": [1 , 2]}""");
        task.GetProperty("attempts").GetInt32().Should().Be(2, "it was in somebody's hands when the broker ended");
        task.GetProperty("headers").GetProperty("$h.1").GetString().Should().Be("ä");
        (await PayloadAsync(again)).Should().Be("2");
        (await PayloadAsync(again)).Should().Be("3");
    }

    [Fact]
    public async Task What_was_acknowledged_as_done_does_not_come_again_and_its_name_keeps_others_out_until_it_fades()
    {
        var time = new FakeTimeProvider();
        var journal = new FakeJournal(_store);
        await using (var first = await TestBroker.StartAsync(time: time, journal: journal))
        {
            using var client = await ConsumerAsync(first);
            await client.AskAsync(Enqueue("1", "done"));
            await client.AskAsync(Settle("ack", await TaskAsync(client)));
            await client.AskAsync(Enqueue("2", "there"));
            journal.Cut();
        }

        time.Advance(TimeSpan.FromMinutes(4));
        await using var second = await TestBroker.StartAsync(time: time, journal: new FakeJournal(_store));
        using var again = await second.RawAsync();
        IsDuplicate(await again.AskAsync(Enqueue("1", "done"))).Should().BeTrue();
        IsDuplicate(await again.AskAsync(Enqueue("2", "there"))).Should().BeTrue();
        second.Queues.Count().Tasks.Should().Be(1);
        time.Advance(TimeSpan.FromMinutes(1));
        IsDuplicate(await again.AskAsync(Enqueue("1", "done"))).Should().BeFalse();
        IsDuplicate(await again.AskAsync(Enqueue("2", "there"))).Should().BeTrue();
    }

    [Fact]
    public async Task A_dead_letters_name_fades_in_the_queue_that_it_came_to()
    {
        var time = new FakeTimeProvider();
        var journal = new FakeJournal(_store);
        await using (var first = await TestBroker.StartAsync(time: time, journal: journal))
        {
            using var client = await ConsumerAsync(first);
            await client.AskAsync(Enqueue("1", "n"));
            await client.AskAsync($$$"""{"id":"x","action":"nack","payload":{"queue":"q","taskId":"{{{await TaskAsync(client)}}}","dead_letter":true}}""");
            journal.Cut();
        }

        await using var second = await TestBroker.StartAsync(time: time, journal: new FakeJournal(_store));
        using var again = await second.RawAsync();
        IsDuplicate(await again.AskAsync(Enqueue("1", "n"))).Should().BeTrue();
        time.Advance(TimeSpan.FromMinutes(5));
        IsDuplicate(await again.AskAsync(Enqueue("1", "n"))).Should().BeFalse();
        using var dead = await ConsumerAsync(second, "q.dead");
        (await PayloadAsync(dead)).Should().Be("1");
    }

    [Fact]
    public async Task A_task_whose_last_attempt_the_broker_did_not_survive_is_a_dead_letter()
    {
        var journal = new FakeJournal(_store);
        await using (var first = await TestBroker.StartAsync(journal: journal))
        {
            using var client = await ConsumerAsync(first);
            await client.AskAsync("""{"id":"1","action":"enqueue","payload":{"queue":"q","payload":1,"max_attempts":1}}""");
            await TaskAsync(client);
            journal.Cut();
        }

        await using var second = await TestBroker.StartAsync(journal: new FakeJournal(_store));
        using var dead = await ConsumerAsync(second, "q.dead");
        (await dead.NextAsync()).GetProperty("task").GetProperty("headers").GetProperty("x-dead-letter-reason").GetString()
            .Should().Be("the broker ended during its last attempt");
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_refuses_the_start()
    {
        var start = () => TestBroker.StartAsync(journal: new FakeJournal(_store) { Unreadable = new IOException("no such disk") });
        (await start.Should().ThrowAsync<TaskJournalException>()).WithMessage("*does not start: no such disk*");
    }

    [Fact]
    public async Task While_the_journal_stalls_everyone_is_answered_and_afterwards_nothing_is_amiss()
    {
        var time = new FakeTimeProvider();
        var journal = new FakeJournal(_store);
        await using var broker = await TestBroker.StartAsync(time: time, journal: journal);
        using var client = await ConsumerAsync(broker);
        await client.AskAsync(Enqueue("0"));
        var held = await TaskAsync(client);
        journal.Stall();
        await client.SendAsync(Enqueue("1", "n"));
        await Until.TrueAsync(() => journal.Batches.Count == 3);
        time.Advance(TimeSpan.FromSeconds(10));
        var late = await client.NextAsync();
        CodeOf(late).Should().Be("internal");
        late.GetProperty("retry_after_ms").GetInt32().Should().BePositive();

        var busy = await client.AskAsync(Enqueue("2"));
        CodeOf(busy).Should().Be("overloaded", "one batch has not got through for the whole time");
        busy.GetProperty("retry_after_ms").GetInt32().Should().BePositive();
        CodeOf(await client.AskAsync(Settle("ack", held))).Should().Be("overloaded");

        journal.Release();
        await Until.TrueAsync(() => _store.Tasks.Count == 2);
        CodeOf(await UntilAcceptedAsync(client, Settle("ack", held))).Should().BeNull("it is held still");
        IsDuplicate(await client.AnswerAsync(Enqueue("1", "n"))).Should().BeTrue("the task was stored after all");
        broker.Queues.Count().Tasks.Should().Be(1);
    }

    [Fact]
    public async Task A_write_that_fails_is_tried_again_until_it_is_written()
    {
        var failures = 3;
        // The first attempt takes effect all the same: nobody can know.
        var journal = new FakeJournal(_store) { Fault = size => failures-- > 0 ? (failures == 2 ? size : 0, new IOException("down")) : null };
        await using var broker = await TestBroker.StartAsync(journal: journal);
        using var client = await broker.RawAsync();
        CodeOf(await client.AskAsync(Enqueue("1"))).Should().BeNull();
        journal.Batches.Should().HaveCount(4);
        _store.Live.Should().ContainSingle();
    }

    [Fact]
    public async Task What_waits_while_a_batch_is_written_is_the_next_batch()
    {
        var journal = new FakeJournal(_store);
        await using var broker = await TestBroker.StartAsync(journal: journal);
        using var client = await broker.RawAsync();
        journal.Stall();
        await client.SendAsync(Enqueue("0"));
        await Until.TrueAsync(() => journal.Batches.Count == 1);
        await client.SendAsync($"[{string.Join(',', Enumerable.Range(1, 100).Select(number => Enqueue($"{number}")))}]");
        (await client.AskAsync(Heartbeat)).GetProperty("id").GetString().Should().Be("h");
        journal.Release();
        for (var i = 0; i <= 100; i++)
        {
            CodeOf(await client.NextAsync()).Should().BeNull();
        }

        journal.Batches.Should().Equal(1, 100);
    }

    [Fact]
    public async Task Beyond_its_backlog_the_journal_takes_nothing()
    {
        var journal = new FakeJournal(_store);
        await using var broker = await TestBroker.StartAsync(options => options.MaxJournalBacklog = 2, journal: journal);
        using var client = await broker.RawAsync();
        journal.Stall();
        await client.SendAsync(Enqueue("1"));
        await client.SendAsync(Enqueue("2"));
        var third = await client.AskAsync(Enqueue("3"));
        CodeOf(third).Should().Be("overloaded");
        third.GetProperty("retry_after_ms").GetInt32().Should().BePositive();
        broker.Queues.Count().Tasks.Should().Be(2);

        journal.Release();
        CodeOf(await client.NextAsync()).Should().BeNull();
        CodeOf(await client.NextAsync()).Should().BeNull();
        CodeOf(await UntilAcceptedAsync(client, Enqueue("3"))).Should().BeNull();
    }

    [Fact]
    public async Task A_full_backlog_holds_tasks_back_and_gives_them_out_when_there_is_room()
    {
        var journal = new FakeJournal(_store);
        await using var broker = await TestBroker.StartAsync(options => options.MaxJournalBacklog = 1, journal: journal);
        using var client = await broker.RawAsync();
        await client.AskAsync(Enqueue("1"));
        await client.AskAsync(Enqueue("2"));
        await client.AskAsync(Ready("q", 2));
        (await PayloadAsync(client)).Should().Be("1");
        (await PayloadAsync(client)).Should().Be("2");
    }

    [Fact]
    public async Task A_consumer_that_leaves_gets_nothing_after_and_costs_no_attempt()
    {
        var journal = new FakeJournal(_store);
        await using var broker = await TestBroker.StartAsync(journal: journal);
        using var client = await broker.RawAsync();
        await client.AskAsync(Enqueue("1"));
        journal.Stall();
        await client.AskAsync(Ready("q"));
        await Until.TrueAsync(() => journal.Batches.Count == 2);
        await client.AskAsync(Ready("q", 0));
        journal.Release();
        await Until.TrueAsync(() => journal.Batches.Count == 3);
        (await client.AskAsync(Heartbeat)).GetProperty("id").GetString().Should().Be("h", "no task comes after the end");
        await client.AskAsync(Ready("q"));
        (await client.NextAsync()).GetProperty("task").GetProperty("attempts").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task A_stopping_host_writes_what_waits_and_answers_who_waits()
    {
        var journal = new FakeJournal(_store);
        await using var broker = await TestBroker.StartAsync(journal: journal);
        using var client = await ConsumerAsync(broker);
        await client.AskAsync(Enqueue("1"));
        await TaskAsync(client);
        journal.Stall();
        await client.SendAsync(Enqueue("2"));
        await Until.TrueAsync(() => journal.Batches.Count == 3);
        var stopping = broker.StopAsync();
        CodeOf(await client.AskAsync(Enqueue("3"))).Should().Be("overloaded", "the broker is stopping");
        stopping.IsCompleted.Should().BeFalse();
        journal.Release();
        CodeOf(await client.NextAsync()).Should().BeNull("it was taken before the end");
        (await client.ReadAsync()).Should().BeNull();
        await client.CloseAsync();
        await stopping;
        _store.Live.Select(task => (task.Payload.ToString(), task.Attempts)).Should().BeEquivalentTo([("1", 1), ("2", 0)]);
    }

    [Fact]
    public async Task A_broker_that_has_lost_its_journal_says_so_and_ends()
    {
        var journal = new FakeJournal(_store) { Fault = _ => (0, new TaskJournalLostException()) };
        await using var broker = await TestBroker.StartAsync(journal: journal);
        using var client = await broker.RawAsync();
        CodeOf(await client.AskAsync(Enqueue("1"))).Should().Be("internal");
        await Until.TrueAsync(() => broker.Stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task A_task_that_the_journal_could_never_keep_is_refused()
    {
        await using var broker = await TestBroker.StartAsync(journal: new FakeJournal(_store) { MaxTaskBytes = 100 });
        using var client = await broker.RawAsync();
        CodeOf(await client.AskAsync(Enqueue($"\"{new string('x', 100)}\""))).Should().Be("too_large");
        CodeOf(await client.AskAsync(Enqueue($"\"{new string('x', 90)}\""))).Should().BeNull();
    }

    [Fact]
    public async Task The_oldest_dead_letter_makes_room_is_counted_and_does_not_come_back()
    {
        var dropped = 0L;
        var journal = new FakeJournal(_store);
        await using (var broker = await TestBroker.StartAsync(options => options.MaxDeadLetters = 2, journal: journal))
        {
            using var listener = new MeterListener
            {
                InstrumentPublished = (instrument, self) =>
                {
                    if (instrument.Name == "promethean.broker.server.dead_letters.dropped" && ReferenceEquals(instrument.Meter.Scope, broker.Meters))
                    {
                        self.EnableMeasurementEvents(instrument);
                    }
                },
            };
            listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref dropped, value));
            listener.Start();
            using var client = await ConsumerAsync(broker);
            for (var i = 1; i <= 4; i++)
            {
                await client.AskAsync(Enqueue($"{i}"));
                await client.AskAsync($$$"""{"id":"x","action":"nack","payload":{"queue":"q","taskId":"{{{await TaskAsync(client)}}}","dead_letter":true}}""");
            }

            broker.Queues.Count().Tasks.Should().Be(2);
            journal.Cut();
        }

        dropped.Should().Be(2);
        _store.Live.Select(task => task.Payload.ToString()).Should().BeEquivalentTo("3", "4");
    }

    [Fact]
    public async Task Tasks_are_bounded_in_bytes()
    {
        await using var broker = await TestBroker.StartAsync(options => options.MaxQueuedTaskBytes = 4096);
        using var client = await ConsumerAsync(broker);
        var large = $"\"{new string('x', 4096)}\"";
        CodeOf(await client.AskAsync(Enqueue(large))).Should().BeNull();
        var id = await TaskAsync(client);
        CodeOf(await client.AskAsync(Enqueue("1"))).Should().Be("overloaded");
        await client.AskAsync(Settle("ack", id));
        CodeOf(await client.AskAsync(Enqueue("1"))).Should().BeNull();
    }

    private const string Heartbeat = """{"id":"h","action":"heartbeat"}""";

    private static async Task<RawClient> ConsumerAsync(TestBroker broker, string queue = "q", int credit = 1)
    {
        var client = await broker.RawAsync();
        CodeOf(await client.AskAsync(Ready(queue, credit))).Should().BeNull();
        return client;
    }

    /// <summary>Asks until the broker has seen that the journal has got on.</summary>
    private static async Task<JsonElement> UntilAcceptedAsync(RawClient client, string frame)
    {
        while (true)
        {
            var answer = await client.AnswerAsync(frame);
            if (CodeOf(answer) != "overloaded")
            {
                return answer;
            }
        }
    }

    private static async Task<string> TaskAsync(RawClient client) => (await client.NextAsync()).GetProperty("task").GetProperty("id").GetString()!;

    private static async Task<string> PayloadAsync(RawClient client) => (await client.NextAsync()).GetProperty("task").GetProperty("payload").GetRawText();

    private static string Ready(string queue, int credit = 1) => $$$"""{"id":"ready","action":"ready","payload":{"queue":"{{{queue}}}","credit":{{{credit}}}}}""";

    private static string Enqueue(string payload, string? name = null) =>
        $$$"""{"id":"enqueue","action":"enqueue","payload":{"queue":"q","payload":{{{payload}}}{{{(name is null ? "" : $",\"dedupe_id\":\"{name}\"")}}}}}""";

    private static string Settle(string action, string task) => $$$"""{"id":"settle","action":"{{{action}}}","payload":{"queue":"q","taskId":"{{{task}}}"}}""";

    private static bool IsDuplicate(JsonElement answer) => answer.GetProperty("payload").GetProperty("duplicate").GetBoolean();

    private static string? CodeOf(JsonElement answer) => answer.TryGetProperty("code", out var code) ? code.GetString() : null;
}
