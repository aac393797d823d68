namespace Promethean.Broker.Testing;

/// <summary>What is promised of a consumer's end.</summary>
internal static class ConsumerConformance
{
    public static IEnumerable<ConformanceCase<IBrokerQueue>> Cases =>
    [
        QueueStage.Case("A_disposed_consumer_gives_back_what_it_runs", DisposeAsync),
        QueueStage.Case("A_disposed_client_gives_back_what_it_runs", DisposeClientAsync),
        QueueStage.Case("A_disposed_consumer_gets_nothing_more", NothingMoreAsync),
        QueueStage.Case("Draining_a_consumer_handles_what_it_holds_and_takes_no_more", DrainAsync),
        QueueStage.Case("A_handler_may_dispose_its_own_consumer", OwnAsync),
        QueueStage.Case("A_handler_may_drain_its_own_consumer", DrainOwnAsync),
        QueueStage.Case("A_handler_may_enqueue", NestedAsync),
    ];

    private static async Task DisposeAsync(QueueStage stage)
    {
        var (one, other) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var queue = stage.Named("dispose");
        var held = new TaskCollector(stage.Guard);
        var consumer = await stage.ConsumeAsync(one, queue, held.HoldAsync).ConfigureAwait(false);
        Expect.Equal(queue, consumer.Queue, "the consumer's queue");
        var id = await stage.EnqueueAsync(one, queue, 1).ConfigureAwait(false);
        await held.NextAsync().ConfigureAwait(false);
        var next = await stage.CollectAsync(other, queue).ConfigureAwait(false);
        await consumer.DisposeAsync().ConfigureAwait(false);
        await consumer.DisposeAsync().ConfigureAwait(false);
        Expect.That(held.Ended.IsCompleted, "a disposal that has waited for the handler");
        Expect.That(consumer.Completion.IsCompletedSuccessfully, "a disposed consumer to be complete");
        var task = (await next.NextAsync().ConfigureAwait(false)).Task;
        Expect.Equal(id, task.Id, "the task that the other got");
        Expect.Equal(2, task.Attempts, "its attempts");
    }

    private static async Task DisposeClientAsync(QueueStage stage)
    {
        var (one, other) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var queue = stage.Named("dispose-client");
        var held = new TaskCollector(stage.Guard);
        var consumer = await stage.ConsumeAsync(one, queue, held.HoldAsync).ConfigureAwait(false);
        var id = await stage.EnqueueAsync(other, queue, 1).ConfigureAwait(false);
        await held.NextAsync().ConfigureAwait(false);
        var next = await stage.CollectAsync(other, queue).ConfigureAwait(false);
        await one.DisposeAsync().ConfigureAwait(false);
        await held.Ended.WaitAsync(stage.Guard).ConfigureAwait(false);
        await consumer.Completion.WaitAsync(stage.Guard).ConfigureAwait(false);
        var task = (await next.NextAsync().ConfigureAwait(false)).Task;
        Expect.Equal(id, task.Id, "the task that the other got");
        Expect.Equal(2, task.Attempts, "its attempts");
    }

    private static async Task NothingMoreAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("nothing-more");
        var seen = new TaskCollector(stage.Guard);
        var consumer = await stage.ConsumeAsync(client, queue, seen.TakeAsync).ConfigureAwait(false);
        await consumer.DisposeAsync().ConfigureAwait(false);
        await stage.EnqueueAsync(client, queue, 1).ConfigureAwait(false);
        var next = await stage.CollectAsync(client, queue).ConfigureAwait(false);
        Expect.Equal(1, (await next.NextAsync().ConfigureAwait(false)).Task.Attempts, "the attempts of what the other got");
        Expect.Equal(0, seen.Count, "what came after the disposal");
    }

    private static async Task DrainAsync(QueueStage stage)
    {
        var (client, other) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var queue = stage.Named("drain");
        var gate = new Gate();
        var consumer = await stage.ConsumeAsync(
            client, queue, async (delivery, token) => await gate.PassAsync(QueueStage.Number(delivery), token).ConfigureAwait(false), new() { Credit = 2 }).ConfigureAwait(false);
        for (var i = 1; i <= 3; i++)
        {
            await stage.EnqueueAsync(client, queue, i).ConfigureAwait(false);
        }

        await stage.UntilAsync(() => consumer.Active == 2, "two handlers run").ConfigureAwait(false);
        var drained = consumer.DrainAsync(stage.Guard).AsTask();
        Expect.That(!drained.IsCompleted, "a drain that waits for what runs");
        var next = new TaskCollector(stage.Guard);
        await stage.ConsumeAsync(other, queue, next.TakeAsync).ConfigureAwait(false);
        Expect.Sequence([3], await next.NextNumbersAsync(1).ConfigureAwait(false), "what another consumer got");
        gate.Open();
        await drained.WaitAsync(stage.Guard).ConfigureAwait(false);
        Expect.Sequence([1, 2], [.. gate.Passed.Order()], "what was handled");
        Expect.Equal(0, consumer.Active, "what runs after the drain");
        Expect.That(consumer.Completion.IsCompletedSuccessfully, "a drained consumer to be complete");
        await consumer.DisposeAsync().ConfigureAwait(false);
    }

    private static Task OwnAsync(QueueStage stage) => EndsItselfAsync(stage, "own", consumer => consumer.DisposeAsync());

    private static Task DrainOwnAsync(QueueStage stage) => EndsItselfAsync(stage, "drain-own", consumer => consumer.DrainAsync(stage.Guard));

    private static async Task EndsItselfAsync(QueueStage stage, string name, Func<IQueueConsumer, ValueTask> end)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named(name);
        var known = new TaskCompletionSource<IQueueConsumer>(TaskCreationOptions.RunContinuationsAsynchronously);
        var handled = 0;
        var consumer = await stage.ConsumeAsync(
            client,
            queue,
            async (_, _) =>
            {
                Interlocked.Increment(ref handled);
                await end(await known.Task.ConfigureAwait(false)).ConfigureAwait(false);
            }).ConfigureAwait(false);
        known.SetResult(consumer);
        await stage.EnqueueAsync(client, queue, 1).ConfigureAwait(false);
        await consumer.Completion.WaitAsync(stage.Guard).ConfigureAwait(false);
        await stage.EnqueueAsync(client, queue, 2).ConfigureAwait(false);
        var next = await stage.CollectAsync(client, queue).ConfigureAwait(false);
        Expect.Sequence([2], await next.NextNumbersAsync(1).ConfigureAwait(false), "what the next consumer saw");
        Expect.Equal(1, handled, "the tasks handled");
    }

    private static async Task NestedAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var (queue, further) = (stage.Named("nested"), stage.Named("further"));
        var seen = await stage.CollectAsync(client, further).ConfigureAwait(false);
        await stage.ConsumeAsync(
            client, queue, async (delivery, _) => await stage.EnqueueAsync(client, further, QueueStage.Number(delivery) + 1).ConfigureAwait(false)).ConfigureAwait(false);
        await stage.EnqueueAsync(client, queue, 1).ConfigureAwait(false);
        Expect.Sequence([2], await seen.NextNumbersAsync(1).ConfigureAwait(false), "what the handler enqueued");
    }
}
