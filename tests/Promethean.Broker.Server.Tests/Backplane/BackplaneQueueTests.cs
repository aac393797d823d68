using System.Collections.Concurrent;

namespace Promethean.Broker.Server.Tests;

public sealed class BackplaneQueueTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_goes_to_a_consumer_of_another_broker_with_all_it_bears()
    {
        await using var brokers = await BrokerPair.StartAsync();
        var taken = new TaskCompletionSource<QueueTask>(TaskCreationOptions.RunContinuationsAsynchronously);
        await brokers.B.Client().ConsumeAsync(
            "pages",
            (delivery, _) =>
            {
                taken.TrySetResult(delivery.Task);
                return ValueTask.CompletedTask;
            },
            cancellationToken: Token);
        var sender = brokers.A.Client();
        var options = new EnqueueOptions { DedupeId = "one", Headers = new Dictionary<string, string> { ["k"] = "v" } };
        var sent = await sender.EnqueueAsync("pages", JsonPayload.Parse("""{"n":1}"""), options, Token);
        (await brokers.B.Client().EnqueueAsync("pages", default, options, Token)).Should().Be(new EnqueueResult(sent.TaskId, true), "names hold everywhere");
        var task = await taken.Task.WaitAsync(TestBroker.HangGuard, TimeProvider.System, Token);
        (task.Id, task.Queue, task.Attempts, task.Payload.ToString()).Should().Be((sent.TaskId, "pages", 1, """{"n":1}"""));
        task.Headers["k"].Should().Be("v");
    }

    [Fact]
    public async Task What_a_consumer_held_goes_to_another_broker_when_its_connection_ends()
    {
        await using var brokers = await BrokerPair.StartAsync(options => options.ResumeWindow = TimeSpan.Zero);
        using var dying = await brokers.A.RawAsync();
        await dying.AskAsync("""{"id":"c","action":"ready","payload":{"queue":"pages","credit":2}}""");
        await dying.SendAsync("""{"id":"e","action":"enqueue","payload":{"queue":"pages","payload":1}}""");
        var events = new[] { await dying.NextAsync(), await dying.NextAsync() };
        events.Should().Contain(frame => frame.GetProperty("event").GetString() == "task-assigned");
        dying.Abort();
        var attempts = new ConcurrentQueue<int>();
        await brokers.B.Client().ConsumeAsync(
            "pages",
            (delivery, _) =>
            {
                attempts.Enqueue(delivery.Task.Attempts);
                return ValueTask.CompletedTask;
            },
            cancellationToken: Token);
        await Until.TrueAsync(() => !attempts.IsEmpty);
        attempts.Should().Equal(2);
    }

    [Fact]
    public async Task A_task_is_settled_once_and_only_by_the_connection_that_holds_it()
    {
        await using var brokers = await BrokerPair.StartAsync();
        using var consumer = await brokers.A.RawAsync();
        await consumer.AskAsync("""{"id":"c","action":"ready","payload":{"queue":"q","credit":1}}""");
        await brokers.B.Client().EnqueueAsync("q", JsonPayload.Parse("1"), cancellationToken: Token);
        var id = (await consumer.NextAsync()).GetProperty("task").GetProperty("id").GetString();
        using var other = await brokers.A.RawAsync();
        var ack = $$$"""{"id":"a","action":"ack","payload":{"queue":"q","taskId":"{{{id}}}"}}""";
        (await other.AskAsync(ack)).GetProperty("code").GetString().Should().Be("not_found");
        (await consumer.AskAsync(ack)).GetProperty("event").GetString().Should().Be("ok");
        (await consumer.AskAsync(ack)).GetProperty("code").GetString().Should().Be("not_found");
        brokers.Backplane.Counters.Acked.Should().Be(1);
    }

    [Fact]
    public async Task A_consumer_without_credit_takes_no_more_and_may_settle_what_it_holds()
    {
        await using var brokers = await BrokerPair.StartAsync();
        using var consumer = await brokers.A.RawAsync();
        await consumer.AskAsync("""{"id":"c","action":"ready","payload":{"queue":"q","credit":1}}""");
        var sender = brokers.B.Client();
        await sender.EnqueueAsync("q", JsonPayload.Parse("1"), cancellationToken: Token);
        await sender.EnqueueAsync("q", JsonPayload.Parse("2"), cancellationToken: Token);
        var id = (await consumer.NextAsync()).GetProperty("task").GetProperty("id").GetString();
        (await consumer.AskAsync("""{"id":"d","action":"ready","payload":{"queue":"q","credit":0}}""")).GetProperty("event").GetString().Should().Be("ok");
        var answer = await consumer.AskAsync($$$"""{"id":"a","action":"ack","payload":{"queue":"q","taskId":"{{{id}}}"}}""");
        (answer.GetProperty("id").GetString(), answer.GetProperty("event").GetString()).Should().Be(("a", "ok"));
        (await consumer.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h");
    }
}
