namespace Promethean.Broker.Testing;

/// <summary>What is promised of a client's state and end.</summary>
internal static class LifeConformance
{
    public static IEnumerable<ConformanceCase<IBrokerClient>> Cases =>
    [
        ConformanceStage.Case("The_state_is_connected_after_a_call_and_closed_after_disposal", StateAsync),
        ConformanceStage.Case("Watching_the_state_yields_it_at_once_and_ends_with_closed", WatchAsync),
        ConformanceStage.Case("A_disposed_client_refuses_every_call", DisposedAsync),
        ConformanceStage.Case("Disposal_ends_subscriptions_and_workers", EndsAsync),
        ConformanceStage.Case("Disposal_fails_what_waits_with_cancelled", FailsAsync),
        ConformanceStage.Case("A_handler_may_dispose_its_client", FromHandlerAsync),
        ConformanceStage.Case("A_call_with_a_cancelled_token_is_cancelled", CancelledAsync),
    ];

    private static async Task StateAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        await stage.PublishAsync(client, stage.Named("state"), 1).ConfigureAwait(false);
        Expect.Equal(BrokerConnectionState.Connected, client.State, "the state after a call");
        await client.DisposeAsync().ConfigureAwait(false);
        Expect.Equal(BrokerConnectionState.Closed, client.State, "the state after disposal");
        await client.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task WatchAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        await stage.PublishAsync(client, stage.Named("watch"), 1).ConfigureAwait(false);
        var states = new List<BrokerConnectionState>();
        await foreach (var state in client.WatchStateAsync(stage.Guard).ConfigureAwait(false))
        {
            states.Add(state);
            if (states.Count == 1)
            {
                await client.DisposeAsync().ConfigureAwait(false);
            }
        }

        Expect.Equal(BrokerConnectionState.Connected, states[0], "the first state");
        Expect.Equal(BrokerConnectionState.Closed, states[^1], "the last state");
    }

    private static async Task DisposedAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        await client.DisposeAsync().ConfigureAwait(false);
        await RefusesAsync(() => stage.PublishAsync(client, stage.Named("late"), 1).AsTask(), "a publish").ConfigureAwait(false);
        await RefusesAsync(() => stage.CollectAsync(client, stage.Named("late")).AsTask(), "a subscription").ConfigureAwait(false);
        await RefusesAsync(() => RequestConformance.AskAsync(stage, client, stage.Named("late")), "a request").ConfigureAwait(false);
        await RefusesAsync(
            () => client.ServeAsync([stage.Named("late")], (_, _) => Replies.CountAsync(1), cancellationToken: stage.Guard).AsTask(), "a worker").ConfigureAwait(false);
        await RefusesAsync(
            async () =>
            {
                await foreach (var _ in client.WatchStateAsync(stage.Guard).ConfigureAwait(false))
                {
                    break;
                }
            },
            "a watch").ConfigureAwait(false);

        static Task RefusesAsync(Func<Task> call, string what) => Expect.ThrowsAsync<ObjectDisposedException>(call, what + " after disposal");
    }

    private static async Task EndsAsync(ConformanceStage stage)
    {
        var (client, other) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var topic = stage.Named("ends");
        var seen = new Collector(stage.Guard);
        var subscription = await client.SubscribeAsync(topic, seen.TakeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        var worker = await client.ServeAsync([topic], (_, _) => Replies.CountAsync(1), cancellationToken: stage.Guard).ConfigureAwait(false);
        var witness = await stage.CollectAsync(other, topic).ConfigureAwait(false);
        await client.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(subscription.Completion, worker.Completion).WaitAsync(stage.Guard).ConfigureAwait(false);
        await stage.PublishAsync(other, topic, 1).ConfigureAwait(false);
        Expect.Equal(1, await witness.NextNumberAsync().ConfigureAwait(false), "what the other client saw");
        Expect.Equal(0, seen.Count, "what the disposed client saw");
        await Expect.FailsAsync(BrokerErrorCode.NoResponders, () => RequestConformance.AskAsync(stage, other, topic), "a request").ConfigureAwait(false);
    }

    private static async Task FailsAsync(ConformanceStage stage)
    {
        var (caller, server) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var action = stage.Named("fails");
        var standing = new StandingWorker();
        await server.ServeAsync([action], standing.ServeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        var asking = RequestConformance.AskAsync(stage, caller, action);
        await standing.Started.WaitAsync(stage.Guard).ConfigureAwait(false);
        await caller.DisposeAsync().ConfigureAwait(false);
        await Expect.FailsAsync(BrokerErrorCode.Cancelled, () => asking.WaitAsync(stage.Guard), "a request whose client was disposed").ConfigureAwait(false);
        await standing.Cancelled.WaitAsync(stage.Guard).ConfigureAwait(false);
    }

    private static async Task FromHandlerAsync(ConformanceStage stage)
    {
        var (client, other) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var topic = stage.Named("from-handler");
        var disposed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.SubscribeAsync(
            topic,
            async (_, _) =>
            {
                await client.DisposeAsync().ConfigureAwait(false);
                disposed.SetResult();
            },
            cancellationToken: stage.Guard).ConfigureAwait(false);
        await stage.PublishAsync(other, topic, 1).ConfigureAwait(false);
        await disposed.Task.WaitAsync(stage.Guard).ConfigureAwait(false);
        Expect.Equal(BrokerConnectionState.Closed, client.State, "the state");
    }

    private static async Task CancelledAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var name = stage.Named("cancelled");
        var cancelled = new CancellationToken(canceled: true);
        await CancelsAsync(() => client.PublishAsync(name, default, cancellationToken: cancelled).AsTask(), "a publish").ConfigureAwait(false);
        await CancelsAsync(
            () => client.SubscribeAsync(name, (_, _) => ValueTask.CompletedTask, cancellationToken: cancelled).AsTask(), "a subscription").ConfigureAwait(false);
        await CancelsAsync(() => client.RequestAsync(name, default, cancellationToken: cancelled).AsTask(), "a request").ConfigureAwait(false);
        await CancelsAsync(
            () => client.ServeAsync([name], (_, _) => Replies.CountAsync(1), cancellationToken: cancelled).AsTask(), "a worker").ConfigureAwait(false);

        static Task CancelsAsync(Func<Task> call, string what) => Expect.ThrowsAsync<OperationCanceledException>(call, what);
    }
}
