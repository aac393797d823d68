namespace Promethean.Broker.Testing;

/// <summary>What is promised of adding tasks.</summary>
internal static class EnqueueConformance
{
    private static readonly EnqueueOptions Named = new() { DedupeId = "the same" };

    public static IEnumerable<ConformanceCase<IBrokerQueue>> Cases =>
    [
        QueueStage.Case("A_task_of_a_name_that_is_there_is_not_added", DedupeAsync),
        QueueStage.Case("The_name_of_a_task_that_is_done_still_keeps_others_out", DoneAsync),
        QueueStage.Case("A_delayed_task_comes_after_one_that_is_ready", DelayAsync),
        QueueStage.Case("Names_and_options_that_are_no_good_are_refused", RefusedAsync),
        QueueStage.Case("A_disposed_client_refuses_tasks_and_consumers", DisposedAsync),
        QueueStage.Case("A_queue_call_with_a_cancelled_token_is_cancelled", CancelledAsync),
    ];

    private static async Task DedupeAsync(QueueStage stage)
    {
        var (client, other) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var queue = stage.Named("dedupe");
        var first = await client.EnqueueAsync(queue, ConformanceStage.Note(1), Named, stage.Guard).ConfigureAwait(false);
        var second = await other.EnqueueAsync(queue, ConformanceStage.Note(2), Named, stage.Guard).ConfigureAwait(false);
        var elsewhere = await client.EnqueueAsync(stage.Named("elsewhere"), ConformanceStage.Note(3), Named, stage.Guard).ConfigureAwait(false);
        Expect.Equal(new(first.TaskId, false), first, "the first answer");
        Expect.Equal(new(first.TaskId, true), second, "the answer to the second");
        Expect.That(!elsewhere.IsDuplicate && elsewhere.TaskId != first.TaskId, "another queue to have names of its own");
        await stage.EnqueueAsync(client, queue, 4).ConfigureAwait(false);
        var seen = await stage.CollectAsync(client, queue).ConfigureAwait(false);
        Expect.Sequence([1, 4], await seen.NextNumbersAsync(2).ConfigureAwait(false), "what was added");
    }

    private static async Task DoneAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("done");
        var seen = new TaskCollector(stage.Guard);
        var consumer = await stage.ConsumeAsync(client, queue, seen.TakeAsync).ConfigureAwait(false);
        var id = await stage.EnqueueAsync(client, queue, 1, Named).ConfigureAwait(false);
        await seen.NextAsync().ConfigureAwait(false);
        await consumer.DrainAsync(stage.Guard).ConfigureAwait(false);
        var again = await client.EnqueueAsync(queue, ConformanceStage.Note(2), Named, stage.Guard).ConfigureAwait(false);
        Expect.Equal(new(id, true), again, "the answer to a name that was there");
    }

    private static async Task DelayAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("delayed");
        var seen = await stage.CollectAsync(client, queue).ConfigureAwait(false);
        await Task.WhenAll(
            stage.EnqueueAsync(client, queue, 1, new() { Delay = QueueStage.Moment }), stage.EnqueueAsync(client, queue, 2)).ConfigureAwait(false);
        Expect.Sequence([2, 1], await seen.NextNumbersAsync(2).ConfigureAwait(false), "the order of the tasks");
    }

    private static async Task RefusedAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("refused");
        foreach (var name in (string[])["", "a b", "a.*", "a..b", new string('x', BrokerTopic.MaxLength)])
        {
            await InvalidAsync(() => stage.EnqueueAsync(client, name, 1), $"a task for '{name}'").ConfigureAwait(false);
            await InvalidAsync(() => stage.CollectAsync(client, name), $"a consumer of '{name}'").ConfigureAwait(false);
        }

        EnqueueOptions[] bad = [new() { DedupeId = "" }, new() { Delay = TimeSpan.FromDays(2) }, new() { MaxAttempts = 0 }];
        foreach (var options in bad)
        {
            await InvalidAsync(() => stage.EnqueueAsync(client, queue, 1, options), "a task with options out of range").ConfigureAwait(false);
        }

        foreach (var options in (ConsumeOptions[])[new() { Credit = 0 }, new() { Lease = TimeSpan.Zero }, new() { RetryDelay = TimeSpan.FromDays(-1) }])
        {
            await Expect.ThrowsAsync<ArgumentOutOfRangeException>(
                () => stage.CollectAsync(client, queue, options), "a consumer with options out of range").ConfigureAwait(false);
        }

        static Task InvalidAsync(Func<Task> call, string what) => Expect.FailsAsync(BrokerErrorCode.InvalidRequest, call, what);
    }

    private static async Task DisposedAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("late");
        await client.DisposeAsync().ConfigureAwait(false);
        await Expect.ThrowsAsync<ObjectDisposedException>(() => stage.EnqueueAsync(client, queue, 1), "a task after disposal").ConfigureAwait(false);
        await Expect.ThrowsAsync<ObjectDisposedException>(() => stage.CollectAsync(client, queue), "a consumer after disposal").ConfigureAwait(false);
    }

    private static async Task CancelledAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("cancelled");
        var cancelled = new CancellationToken(canceled: true);
        await Expect.ThrowsAsync<OperationCanceledException>(
            () => client.EnqueueAsync(queue, default, cancellationToken: cancelled).AsTask(), "a task").ConfigureAwait(false);
        await Expect.ThrowsAsync<OperationCanceledException>(
            () => client.ConsumeAsync(queue, (_, _) => ValueTask.CompletedTask, cancellationToken: cancelled).AsTask(), "a consumer").ConfigureAwait(false);
    }
}
