namespace Promethean.Broker.Testing;

/// <summary>What is promised of tasks that are done, and of those that are not.</summary>
internal static class SettlementConformance
{
    public static IEnumerable<ConformanceCase<IBrokerQueue>> Cases =>
    [
        QueueStage.Case("A_handler_that_returns_acknowledges", ReturnsAsync),
        QueueStage.Case("A_handler_that_throws_sees_the_task_again", ThrowsAsync),
        QueueStage.Case("A_rejected_task_keeps_its_place", PlaceAsync),
        QueueStage.Case("A_task_rejected_with_a_delay_comes_after_what_is_ready", DelayAsync),
        QueueStage.Case("A_second_settlement_does_nothing", TwiceAsync),
        QueueStage.Case("A_settlement_that_was_cancelled_before_it_left_is_none", CancelledAsync),
        QueueStage.Case("After_its_last_attempt_a_task_is_a_dead_letter", ExhaustedAsync),
        QueueStage.Case("A_task_may_be_a_dead_letter_at_once", AtOnceAsync),
        QueueStage.Case("A_dead_letter_does_not_die_again", DeadAsync),
        QueueStage.Case("A_lease_that_runs_out_gives_the_task_to_another", LeaseAsync),
    ];

    private static async Task ReturnsAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("returns");
        var first = new TaskCollector(stage.Guard);
        var consumer = await stage.ConsumeAsync(client, queue, first.TakeAsync).ConfigureAwait(false);
        await stage.EnqueueAsync(client, queue, 1).ConfigureAwait(false);
        var delivery = await first.NextAsync().ConfigureAwait(false);
        await consumer.DrainAsync(stage.Guard).ConfigureAwait(false);
        Expect.That(delivery.IsSettled, "a task whose handler has returned to be settled");
        await consumer.DisposeAsync().ConfigureAwait(false);
        var second = await stage.CollectAsync(client, queue).ConfigureAwait(false);
        await stage.EnqueueAsync(client, queue, 2).ConfigureAwait(false);
        Expect.Sequence([2], await second.NextNumbersAsync(1).ConfigureAwait(false), "what the next consumer saw");
    }

    private static async Task ThrowsAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("throws");
        var seen = new TaskCollector(stage.Guard);
        await stage.ConsumeAsync(
            client,
            queue,
            async (delivery, token) =>
            {
                await seen.TakeAsync(delivery, token).ConfigureAwait(false);
                if (delivery.Task.Attempts < 3)
                {
                    throw new InvalidOperationException("not yet");
                }
            },
            new() { RetryDelay = TimeSpan.FromMilliseconds(1) }).ConfigureAwait(false);
        var id = await stage.EnqueueAsync(client, queue, 1).ConfigureAwait(false);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var task = (await seen.NextAsync().ConfigureAwait(false)).Task;
            Expect.Equal(attempt, task.Attempts, "the attempts");
            Expect.Equal(id, task.Id, "the id");
        }
    }

    private static async Task PlaceAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("place");
        await stage.EnqueueAsync(client, queue, 1).ConfigureAwait(false);
        await stage.EnqueueAsync(client, queue, 2).ConfigureAwait(false);
        var seen = new TaskCollector(stage.Guard);
        await stage.ConsumeAsync(client, queue, (delivery, token) => RejectOnceAsync(delivery, seen, new(), token)).ConfigureAwait(false);
        Expect.Sequence([1, 1, 2, 2], await seen.NextNumbersAsync(4).ConfigureAwait(false), "the order of the tasks");
    }

    private static async Task DelayAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("delay");
        await stage.EnqueueAsync(client, queue, 1).ConfigureAwait(false);
        await stage.EnqueueAsync(client, queue, 2).ConfigureAwait(false);
        var seen = new TaskCollector(stage.Guard);
        await stage.ConsumeAsync(
            client,
            queue,
            (delivery, token) => QueueStage.Number(delivery) == 1
                ? RejectOnceAsync(delivery, seen, new() { Delay = QueueStage.Moment }, token)
                : seen.TakeAsync(delivery, token)).ConfigureAwait(false);
        Expect.Sequence([1, 2, 1], await seen.NextNumbersAsync(3).ConfigureAwait(false), "the order of the tasks");
    }

    private static async Task TwiceAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("twice");
        var seen = new TaskCollector(stage.Guard);
        await stage.ConsumeAsync(
            client,
            queue,
            async (delivery, token) =>
            {
                await delivery.AckAsync(token).ConfigureAwait(false);
                Expect.That(delivery.IsSettled, "an acknowledged task to be settled");
                await delivery.AckAsync(token).ConfigureAwait(false);
                await delivery.NackAsync(cancellationToken: token).ConfigureAwait(false);
                await seen.TakeAsync(delivery, token).ConfigureAwait(false);
            }).ConfigureAwait(false);
        await stage.EnqueueAsync(client, queue, 1).ConfigureAwait(false);
        await stage.EnqueueAsync(client, queue, 2).ConfigureAwait(false);
        Expect.Sequence([1, 2], await seen.NextNumbersAsync(2).ConfigureAwait(false), "what was seen");
        Expect.Equal(0, seen.Count, "what came again");
    }

    private static async Task CancelledAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("cancelled-settlement");
        await stage.EnqueueAsync(client, queue, 1).ConfigureAwait(false);
        var cancelled = new CancellationToken(canceled: true);
        await foreach (var delivery in client.TakeAllAsync(queue, cancellationToken: stage.Guard).ConfigureAwait(false))
        {
            await Expect.ThrowsAsync<OperationCanceledException>(() => delivery.NackAsync(null, cancelled).AsTask(), "a cancelled settlement").ConfigureAwait(false);
            Expect.That(!delivery.IsSettled, "the task to be unsettled");
            break;
        }

        var seen = await stage.CollectAsync(client, queue).ConfigureAwait(false);
        Expect.Equal(2, (await seen.NextAsync().ConfigureAwait(false)).Task.Attempts, "the attempts of what came back");
    }

    private static async Task ExhaustedAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("exhausted");
        var seen = new TaskCollector(stage.Guard);
        await stage.ConsumeAsync(
            client,
            queue,
            async (delivery, token) =>
            {
                await seen.TakeAsync(delivery, token).ConfigureAwait(false);
                throw new InvalidOperationException("boom");
            },
            new() { RetryDelay = TimeSpan.Zero }).ConfigureAwait(false);
        var id = await stage.EnqueueAsync(
            client, queue, 7, new() { MaxAttempts = 2, Headers = new Dictionary<string, string> { ["mine"] = "kept" } }).ConfigureAwait(false);
        var dead = await stage.CollectAsync(client, QueueName.DeadLetters(queue)).ConfigureAwait(false);
        var letter = (await dead.NextAsync().ConfigureAwait(false)).Task;
        Expect.Sequence([7, 7], await seen.NextNumbersAsync(2).ConfigureAwait(false), "what the handler saw");
        Expect.Equal(0, seen.Count, "what came after the last attempt");
        Expect.Equal(id, letter.Id, "the dead letter's id");
        Expect.Equal(QueueName.DeadLetters(queue), letter.Queue, "its queue");
        Expect.Equal(7, ConformanceStage.Number(letter.Payload), "its payload");
        Expect.Equal(1, letter.Attempts, "its attempts as a dead letter");
        Expect.Equal("kept", letter.Headers.GetValueOrDefault("mine"), "the header it had");
        Expect.Equal(queue, letter.Headers.GetValueOrDefault(QueueName.DeadLetterQueueHeader), "where it came from");
        Expect.Equal("2", letter.Headers.GetValueOrDefault(QueueName.DeadLetterAttemptsHeader), "the attempts it had");
        Expect.Equal("InvalidOperationException: boom", letter.Headers.GetValueOrDefault(QueueName.DeadLetterReasonHeader), "why it is one");
    }

    private static async Task AtOnceAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("at-once");
        var dead = await stage.CollectAsync(client, QueueName.DeadLetters(queue)).ConfigureAwait(false);
        await stage.ConsumeAsync(
            client, queue, (delivery, token) => delivery.NackAsync(new() { DeadLetter = true, Reason = new('x', 2000) }, token)).ConfigureAwait(false);
        var id = await stage.EnqueueAsync(client, queue, 1).ConfigureAwait(false);
        var letter = (await dead.NextAsync().ConfigureAwait(false)).Task;
        Expect.Equal(id, letter.Id, "the dead letter's id");
        Expect.Equal("1", letter.Headers.GetValueOrDefault(QueueName.DeadLetterAttemptsHeader), "the attempts it had");
        Expect.Equal(QueueLimits.MaxReasonLength, letter.Headers.GetValueOrDefault(QueueName.DeadLetterReasonHeader, "").Length, "the length of a long reason");
    }

    private static async Task DeadAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = QueueName.DeadLetters(stage.Named("again"));
        var seen = new TaskCollector(stage.Guard);
        await stage.ConsumeAsync(
            client,
            queue,
            (delivery, token) => delivery.Task.Attempts < 3
                ? delivery.NackAsync(new() { DeadLetter = true }, token)
                : seen.TakeAsync(delivery, token)).ConfigureAwait(false);
        await stage.EnqueueAsync(client, queue, 1, new() { MaxAttempts = 1 }).ConfigureAwait(false);
        var task = (await seen.NextAsync().ConfigureAwait(false)).Task;
        Expect.Equal(queue, task.Queue, "the queue it stays in");
        Expect.Equal(3, task.Attempts, "its attempts");
    }

    private static async Task LeaseAsync(QueueStage stage)
    {
        var (slow, client) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var queue = stage.Named("lease");
        var (held, other) = (new TaskCollector(stage.Guard), new TaskCollector(stage.Guard));
        await stage.ConsumeAsync(slow, queue, held.HoldAsync, new() { Lease = QueueLimits.MinLease }).ConfigureAwait(false);
        await stage.EnqueueAsync(client, queue, 1).ConfigureAwait(false);
        var first = await held.NextAsync().ConfigureAwait(false);
        await stage.ConsumeAsync(client, queue, other.HoldAsync).ConfigureAwait(false);
        var second = await other.NextAsync().ConfigureAwait(false);
        Expect.Equal(first.Task.Id, second.Task.Id, "the task that the other got");
        Expect.That(second.Task.Attempts > first.Task.Attempts, "one more attempt");
        await held.Ended.WaitAsync(stage.Guard).ConfigureAwait(false);
        await Expect.FailsAsync(BrokerErrorCode.NotFound, () => first.AckAsync(stage.Guard).AsTask(), "an acknowledgement that came too late").ConfigureAwait(false);
        await second.AckAsync(stage.Guard).ConfigureAwait(false);
    }

    /// <summary>Rejects the first attempt, and takes the second.</summary>
    private static async ValueTask RejectOnceAsync(IQueueDelivery delivery, TaskCollector seen, NackOptions how, CancellationToken cancellationToken)
    {
        await seen.TakeAsync(delivery, cancellationToken).ConfigureAwait(false);
        if (delivery.Task.Attempts == 1)
        {
            await delivery.NackAsync(how, cancellationToken).ConfigureAwait(false);
        }
    }
}
