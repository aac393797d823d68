using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Promethean.Broker.Testing;

/// <summary>What is promised of how work finds its worker.</summary>
internal static class WorkerConformance
{
    public static IEnumerable<ConformanceCase<IBrokerClient>> Cases =>
    [
        ConformanceStage.Case("A_worker_serves_no_more_at_once_than_its_concurrency", ConcurrencyAsync),
        ConformanceStage.Case("A_busy_worker_leaves_requests_to_an_idle_one", SpreadAsync),
        ConformanceStage.Case("A_higher_priority_is_served_sooner_and_equals_in_order", PriorityAsync),
        ConformanceStage.Case("What_waits_for_a_worker_that_leaves_goes_to_another", MoveAsync),
        ConformanceStage.Case("What_waits_for_the_last_worker_has_no_responders_when_it_leaves", LastAsync),
        ConformanceStage.Case("Disposing_a_worker_cancels_what_it_serves", DisposeAsync),
        ConformanceStage.Case("A_cancelled_request_that_waits_is_never_served", CancelWaitingAsync),
        ConformanceStage.Case("The_models_of_the_workers_are_listed_while_they_serve", ModelsAsync),
        ConformanceStage.Case("A_handler_may_make_requests_of_its_own", NestedAsync),
    ];

    private static async Task ConcurrencyAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var action = stage.Named("concurrency");
        var gate = new Gate();
        var (running, most) = (0, 0);
        var worker = await client.ServeAsync([action], CountAsync, new() { Concurrency = 2 }, stage.Guard).ConfigureAwait(false);
        var asking = Enumerable.Range(0, 6).Select(i => RequestConformance.AskAsync(stage, client, action, i)).ToList();
        await stage.UntilAsync(() => Volatile.Read(ref running) == 2, "two requests are served at once").ConfigureAwait(false);
        await SettleAsync(stage, client).ConfigureAwait(false);
        Expect.Equal(2, worker.Active, "the requests that run");
        gate.Open();
        await Task.WhenAll(asking).WaitAsync(stage.Guard).ConfigureAwait(false);
        Expect.Equal(2, most, "the most requests served at once");
        await stage.UntilAsync(() => worker.Active == 0, "no request runs").ConfigureAwait(false);

        async IAsyncEnumerable<BrokerReply> CountAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            await gate.PassAsync(ConformanceStage.Number(request.Payload), cancellationToken).ConfigureAwait(false);
            Interlocked.Decrement(ref running);
            yield return ConformanceStage.Final(1);
        }
    }

    private static async Task SpreadAsync(ConformanceStage stage)
    {
        var (caller, first, second) = (
            await stage.ConnectAsync().ConfigureAwait(false),
            await stage.ConnectAsync().ConfigureAwait(false),
            await stage.ConnectAsync().ConfigureAwait(false));
        var action = stage.Named("spread");
        var (one, other) = (new GatedWorker(), new GatedWorker());
        await first.ServeAsync([action], one.ServeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        await second.ServeAsync([action], other.ServeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        var asking = Task.WhenAll(RequestConformance.AskAsync(stage, caller, action), RequestConformance.AskAsync(stage, caller, action));
        await Task.WhenAll(one.Gate.Entered, other.Gate.Entered).WaitAsync(stage.Guard).ConfigureAwait(false);
        one.Gate.Open();
        other.Gate.Open();
        await asking.WaitAsync(stage.Guard).ConfigureAwait(false);
    }

    private static async Task PriorityAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var action = stage.Named("priority");
        var worker = new GatedWorker();
        await client.ServeAsync([action], worker.ServeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        var asking = new List<Task> { RequestConformance.AskAsync(stage, client, action, 1) };
        await worker.Gate.Entered.WaitAsync(stage.Guard).ConfigureAwait(false);
        foreach (var (number, priority) in new[] { (2, 0), (3, 5), (4, 0), (5, 9), (6, 5), (7, -1) })
        {
            asking.Add(RequestConformance.AskAsync(stage, client, action, number, new() { Priority = priority }));
            await SettleAsync(stage, client).ConfigureAwait(false);
        }

        worker.Gate.Open();
        await Task.WhenAll(asking).WaitAsync(stage.Guard).ConfigureAwait(false);
        Expect.Sequence([1, 5, 3, 6, 2, 4, 7], worker.Gate.Passed, "the order of service");
    }

    private static async Task MoveAsync(ConformanceStage stage)
    {
        var (caller, first, second) = (
            await stage.ConnectAsync().ConfigureAwait(false),
            await stage.ConnectAsync().ConfigureAwait(false),
            await stage.ConnectAsync().ConfigureAwait(false));
        var action = stage.Named("move");
        var (leaving, staying) = (new GatedWorker(), new GatedWorker());
        var left = await first.ServeAsync([action], leaving.ServeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        var interrupted = RequestConformance.AskAsync(stage, caller, action, 1);
        await leaving.Gate.Entered.WaitAsync(stage.Guard).ConfigureAwait(false);
        await second.ServeAsync([action], staying.ServeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        var served = RequestConformance.AskAsync(stage, caller, action, 2);
        await staying.Gate.Entered.WaitAsync(stage.Guard).ConfigureAwait(false);
        var waiting = RequestConformance.AskAsync(stage, caller, action, 3);
        await SettleAsync(stage, caller).ConfigureAwait(false);
        await left.DisposeAsync().ConfigureAwait(false);
        await Expect.ThrowsAsync<BrokerException>(() => interrupted, "the request that the worker left").ConfigureAwait(false);
        staying.Gate.Open();
        await Task.WhenAll(served, waiting).WaitAsync(stage.Guard).ConfigureAwait(false);
        Expect.Sequence([2, 3], staying.Gate.Passed, "what the other worker served");
    }

    private static async Task LastAsync(ConformanceStage stage)
    {
        var (caller, server) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var action = stage.Named("last");
        var standing = new StandingWorker();
        var worker = await server.ServeAsync([action], standing.ServeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        var running = RequestConformance.AskAsync(stage, caller, action, 1);
        await standing.Started.WaitAsync(stage.Guard).ConfigureAwait(false);
        var waiting = RequestConformance.AskAsync(stage, caller, action, 2);
        await SettleAsync(stage, caller).ConfigureAwait(false);
        await worker.DisposeAsync().ConfigureAwait(false);
        await Expect.FailsAsync(BrokerErrorCode.NoResponders, () => waiting.WaitAsync(stage.Guard), "the request that waited").ConfigureAwait(false);
        await Expect.ThrowsAsync<BrokerException>(() => running.WaitAsync(stage.Guard), "the request that ran").ConfigureAwait(false);
    }

    private static async Task DisposeAsync(ConformanceStage stage)
    {
        var (caller, server) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var action = stage.Named("dispose");
        var standing = new StandingWorker();
        await server.ServeAsync([action], standing.ServeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        var running = RequestConformance.AskAsync(stage, caller, action, 1);
        await standing.Started.WaitAsync(stage.Guard).ConfigureAwait(false);
        await server.DisposeAsync().ConfigureAwait(false);
        await Expect.ThrowsAsync<BrokerException>(() => running.WaitAsync(stage.Guard), "a request whose worker was disposed").ConfigureAwait(false);
        await standing.Cancelled.WaitAsync(stage.Guard).ConfigureAwait(false);
    }

    private static async Task CancelWaitingAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var action = stage.Named("cancel-waiting");
        var worker = new GatedWorker();
        await client.ServeAsync([action], worker.ServeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        var first = RequestConformance.AskAsync(stage, client, action, 1);
        await worker.Gate.Entered.WaitAsync(stage.Guard).ConfigureAwait(false);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(stage.Guard);
        var cancelled = RequestConformance.AskAsync(stage, client, action, 2, cancellationToken: cancellation.Token);
        var last = RequestConformance.AskAsync(stage, client, action, 3);
        await SettleAsync(stage, client).ConfigureAwait(false);
        await cancellation.CancelAsync().ConfigureAwait(false);
        await Expect.ThrowsAsync<OperationCanceledException>(() => cancelled, "a cancelled request").ConfigureAwait(false);
        await SettleAsync(stage, client).ConfigureAwait(false);
        worker.Gate.Open();
        await Task.WhenAll(first, last).WaitAsync(stage.Guard).ConfigureAwait(false);
        Expect.Sequence([1, 3], worker.Gate.Passed, "what was served");
    }

    private static async Task ModelsAsync(ConformanceStage stage)
    {
        var (caller, server) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        string[] models = [stage.Named("large"), stage.Named("small")];
        var worker = await server.ServeAsync(
            [stage.Named("models")], (_, _) => Replies.CountAsync(1), new() { Models = models }, stage.Guard).ConfigureAwait(false);
        Expect.That((await ListAsync().ConfigureAwait(false)).Count(models.Contains) == models.Length, "each model to be listed once");
        await worker.DisposeAsync().ConfigureAwait(false);
        Expect.That(!(await ListAsync().ConfigureAwait(false)).Exists(models.Contains), "a model to go with its last worker");

        async Task<List<string>> ListAsync()
        {
            var reply = await caller.RequestAsync(BrokerActions.ModelsList, default, cancellationToken: stage.Guard).ConfigureAwait(false);
            using var list = JsonDocument.Parse(reply.Body.Utf8);
            return [.. list.RootElement.GetProperty("payload").GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()!)];
        }
    }

    private static async Task NestedAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var (outer, inner) = (stage.Named("outer"), stage.Named("inner"));
        await client.ServeAsync([inner], (request, _) => Replies.TimesAsync(ConformanceStage.Number(request.Payload), 2), cancellationToken: stage.Guard).ConfigureAwait(false);
        await client.ServeAsync([outer], PassOnAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        var replies = await RequestConformance.AskAsync(stage, client, outer, 4).ConfigureAwait(false);
        Expect.Sequence([4, 8], [.. replies.Select(reply => ConformanceStage.Number(reply.Body))], "what came through both workers");

        IAsyncEnumerable<BrokerReply> PassOnAsync(BrokerRequest request, CancellationToken cancellationToken) =>
            client.RequestStreamAsync(inner, request.Payload, cancellationToken: cancellationToken);
    }

    /// <summary>Waits until the broker has taken what the client sent before: it takes one client's calls in order.</summary>
    private static async Task SettleAsync(ConformanceStage stage, IBrokerClient client) =>
        await stage.PublishAsync(client, stage.Named("settled"), 0).ConfigureAwait(false);

    private static void InterlockedMax(ref int most, int value)
    {
        var seen = Volatile.Read(ref most);
        while (value > seen)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
