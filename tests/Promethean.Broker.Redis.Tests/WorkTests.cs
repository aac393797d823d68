using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Promethean.Broker.Redis.Tests;

[Trait("Category", "Integration")]
public sealed class WorkTests(RedisFixture fixture)
{
    [Fact]
    public async Task A_worker_of_several_actions_has_one_credit_and_serves_the_most_urgent_first()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var (caller, server) = (broker.Client(), broker.Client());
        var (entered, open) = (new TaskCompletionSource(), new TaskCompletionSource());
        var served = new List<string>();
        await server.ServeAsync(["one", "two"], ServeAsync, cancellationToken: guard.Token);
        var asking = new List<Task> { LossTests.AskAsync(caller, "one", guard.Token) };
        await entered.Task.WaitAsync(guard.Token);
        foreach (var (action, priority) in new[] { ("one", 0), ("two", 5), ("two", 0), ("one", 5) })
        {
            asking.Add(LossTests.AskAsync(caller, action, guard.Token, new() { Priority = priority }));
            await caller.PublishAsync("settled", default, cancellationToken: guard.Token);
        }

        open.SetResult();
        await Task.WhenAll(asking);

        served.Should().Equal("one", "two", "one", "one", "two");

        async IAsyncEnumerable<BrokerReply> ServeAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            served.Add(request.Action);
            entered.TrySetResult();
            await open.Task.WaitAsync(cancellationToken);
            yield return new("done", Workers.Body(1), true);
        }
    }

    [Fact]
    public async Task A_full_waiting_room_is_overloaded()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var client = broker.Client(options => options.MaxQueuedRequests = 1);
        var started = new TaskCompletionSource();
        await client.ServeAsync(["stand"], Workers.Standing(started), cancellationToken: guard.Token);
        using var leave = new CancellationTokenSource();
        var first = LossTests.AskAsync(client, "stand", leave.Token);
        await started.Task.WaitAsync(guard.Token);
        var second = LossTests.AskAsync(client, "stand", leave.Token);

        var third = () => LossTests.AskAsync(client, "stand", guard.Token);

        await third.Should().ThrowAsync<BrokerException>().Where(e => e.Code == BrokerErrorCode.Overloaded);
        await leave.CancelAsync();
        await first.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        await second.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task The_broker_answers_for_itself()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        var (client, server) = (broker.Client(), broker.Client());
        await server.ServeAsync(["echo"], Workers.EchoAsync, cancellationToken: guard.Token);

        (await PayloadAsync(BrokerActions.SystemHealth)).GetProperty("status").GetString().Should().Be("ok");
        (await PayloadAsync(BrokerActions.SystemMetrics)).GetProperty("workers").GetInt32().Should().Be(1);
        (await client.RequestAsync(BrokerActions.Heartbeat, default, cancellationToken: guard.Token)).Event.Should().Be(BrokerEvents.Ok);
        var publishing = () => client.RequestAsync(BrokerActions.Publish, default, cancellationToken: guard.Token).AsTask();
        await publishing.Should().ThrowAsync<BrokerException>().Where(e => e.Code == BrokerErrorCode.InvalidRequest);

        async Task<JsonElement> PayloadAsync(string action) =>
            JsonElement.Parse((await client.RequestAsync(action, default, cancellationToken: guard.Token)).Body.Utf8.Span).GetProperty("payload");
    }

    [Fact]
    public void A_part_that_was_lost_makes_the_answer_an_error_and_no_hole()
    {
        var request = new OpenRequest("1", "echo", 10);
        request.Take(1, "step", Encoding.UTF8.GetBytes("{}"), false);
        request.Take(3, "done", Encoding.UTF8.GetBytes("{}"), true);

        request.Replies.TryRead(out _).Should().BeTrue("what came before stays valid");
        request.Replies.Completion.Exception!.InnerException.Should().BeOfType<BrokerException>().Which.IsTransient.Should().BeTrue();
    }
}
