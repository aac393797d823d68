namespace Promethean.Broker.Testing;

/// <summary>What is promised of how tasks find consumers.</summary>
internal static class DeliveryConformance
{
    public static IEnumerable<ConformanceCase<IBrokerQueue>> Cases =>
    [
        QueueStage.Case("What_was_enqueued_before_is_consumed", BeforeAsync),
        QueueStage.Case("What_is_enqueued_later_is_consumed", AfterAsync),
        QueueStage.Case("A_consumer_with_a_credit_of_one_gets_tasks_in_order", OrderAsync),
        QueueStage.Case("Each_task_goes_to_one_of_two_consumers", EachOnceAsync),
        QueueStage.Case("A_busy_consumer_leaves_tasks_to_an_idle_one", SpreadAsync),
        QueueStage.Case("No_more_handlers_run_at_once_than_the_credit", CreditAsync),
        QueueStage.Case("A_queue_is_apart_from_others", ApartAsync),
        QueueStage.Case("A_task_says_what_it_is", EnvelopeAsync),
        QueueStage.Case("A_typed_consumer_gets_values", TypedAsync),
        QueueStage.Case("A_stream_takes_tasks_and_leaves_them_to_be_settled", StreamAsync),
        QueueStage.Case("Leaving_a_stream_gives_back_what_is_unsettled", LeaveStreamAsync),
    ];

    private static async Task BeforeAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("before");
        await stage.EnqueueAsync(client, queue, 1).ConfigureAwait(false);
        await stage.EnqueueAsync(client, queue, 2).ConfigureAwait(false);
        var seen = await stage.CollectAsync(client, queue).ConfigureAwait(false);
        Expect.Sequence([1, 2], await seen.NextNumbersAsync(2).ConfigureAwait(false), "what was consumed");
    }

    private static async Task AfterAsync(QueueStage stage)
    {
        var (sender, client) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var queue = stage.Named("after");
        var seen = await stage.CollectAsync(client, queue).ConfigureAwait(false);
        await stage.EnqueueAsync(sender, queue, 1).ConfigureAwait(false);
        Expect.Sequence([1], await seen.NextNumbersAsync(1).ConfigureAwait(false), "what was consumed");
    }

    private static async Task OrderAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("order");
        var seen = await stage.CollectAsync(client, queue).ConfigureAwait(false);
        for (var i = 1; i <= 20; i++)
        {
            await stage.EnqueueAsync(client, queue, i).ConfigureAwait(false);
        }

        Expect.Sequence(Enumerable.Range(1, 20), await seen.NextNumbersAsync(20).ConfigureAwait(false), "the order of the tasks");
    }

    private static async Task EachOnceAsync(QueueStage stage)
    {
        const int Tasks = 40;
        var (one, other) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var queue = stage.Named("each");
        var seen = new TaskCollector(stage.Guard);
        await stage.ConsumeAsync(one, queue, seen.TakeAsync, new() { Credit = 3 }).ConfigureAwait(false);
        await stage.ConsumeAsync(other, queue, seen.TakeAsync, new() { Credit = 2 }).ConfigureAwait(false);
        for (var i = 1; i <= Tasks; i++)
        {
            await stage.EnqueueAsync(one, queue, i).ConfigureAwait(false);
        }

        var numbers = await seen.NextNumbersAsync(Tasks).ConfigureAwait(false);
        Expect.Sequence(Enumerable.Range(1, Tasks), [.. numbers.Order()], "what both saw");
        Expect.Equal(0, seen.Count, "what was seen twice");
    }

    private static async Task SpreadAsync(QueueStage stage)
    {
        var (one, other) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var queue = stage.Named("spread");
        var (first, second) = (new Gate(), new Gate());
        await stage.ConsumeAsync(one, queue, Through(first), new() { Credit = 5 }).ConfigureAwait(false);
        await stage.ConsumeAsync(other, queue, Through(second), new() { Credit = 5 }).ConfigureAwait(false);
        await stage.EnqueueAsync(one, queue, 1).ConfigureAwait(false);
        await stage.EnqueueAsync(one, queue, 2).ConfigureAwait(false);
        await Task.WhenAll(first.Entered, second.Entered).WaitAsync(stage.Guard).ConfigureAwait(false);
        first.Open();
        second.Open();

        static Func<IQueueDelivery, CancellationToken, ValueTask> Through(Gate gate) =>
            async (delivery, token) => await gate.PassAsync(QueueStage.Number(delivery), token).ConfigureAwait(false);
    }

    private static async Task CreditAsync(QueueStage stage)
    {
        const int Tasks = 6;
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("credit");
        var gate = new Gate();
        var (running, most, lockObject) = (0, 0, new Lock());
        var consumer = await stage.ConsumeAsync(client, queue, CountAsync, new() { Credit = 2 }).ConfigureAwait(false);
        for (var i = 1; i <= Tasks; i++)
        {
            await stage.EnqueueAsync(client, queue, i).ConfigureAwait(false);
        }

        await stage.UntilAsync(() => consumer.Active == 2, "two handlers run").ConfigureAwait(false);
        gate.Open();
        await stage.UntilAsync(() => gate.Passed.Length == Tasks && consumer.Active == 0, "all tasks are through").ConfigureAwait(false);
        Expect.Equal(2, most, "the most handlers that ran at once");
        Expect.Sequence(Enumerable.Range(1, Tasks), [.. gate.Passed.Order()], "what was handled");

        async ValueTask CountAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
        {
            lock (lockObject)
            {
                most = Math.Max(most, ++running);
            }

            await gate.PassAsync(QueueStage.Number(delivery), cancellationToken).ConfigureAwait(false);
            lock (lockObject)
            {
                running--;
            }
        }
    }

    private static async Task ApartAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var (one, other) = (stage.Named("apart"), stage.Named("apart.other"));
        var (seen, seenOther) = (await stage.CollectAsync(client, one).ConfigureAwait(false), await stage.CollectAsync(client, other).ConfigureAwait(false));
        await stage.EnqueueAsync(client, other, 1).ConfigureAwait(false);
        await stage.EnqueueAsync(client, one, 2).ConfigureAwait(false);
        Expect.Sequence([1], await seenOther.NextNumbersAsync(1).ConfigureAwait(false), "what the one's consumer saw");
        Expect.Sequence([2], await seen.NextNumbersAsync(1).ConfigureAwait(false), "what the other's consumer saw");
        Expect.Equal(0, seen.Count + seenOther.Count, "what came beside");
    }

    private static async Task EnvelopeAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("envelope");
        var seen = await stage.CollectAsync(client, queue).ConfigureAwait(false);
        var payload = JsonPayload.Parse("""{ "z": 1.50, "a": [null, "\u00e9"] }""");
        var headers = new Dictionary<string, string> { ["kind"] = "a \"quoted\" one", ["empty"] = "" };
        var added = await client.EnqueueAsync(queue, payload, new() { Headers = headers }, stage.Guard).ConfigureAwait(false);
        var task = (await seen.NextAsync().ConfigureAwait(false)).Task;
        Expect.Equal(added.TaskId, task.Id, "the id");
        Expect.Equal(queue, task.Queue, "the queue");
        Expect.Equal(payload, task.Payload, "the payload, byte for byte");
        Expect.Equal(1, task.Attempts, "the attempts");
        Expect.That(task.EnqueuedAt > DateTimeOffset.UnixEpoch, "a time of its coming");
        Expect.Equal("a \"quoted\" one", task.Headers.GetValueOrDefault("kind"), "a header");
        Expect.Equal("", task.Headers.GetValueOrDefault("empty"), "an empty header");
    }

    private static async Task TypedAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("typed");
        var (good, dead) = (new TaskCollector(stage.Guard), await stage.CollectAsync(client, QueueName.DeadLetters(queue)).ConfigureAwait(false));
        var note = ConformanceJsonContext.Default.ConformanceNote;
        await client.ConsumeAsync(queue, HandleAsync, note, cancellationToken: stage.Guard).ConfigureAwait(false);
        await client.EnqueueAsync(queue, JsonPayload.Parse("\"no note\""), cancellationToken: stage.Guard).ConfigureAwait(false);
        await client.EnqueueAsync(queue, new(7), note, cancellationToken: stage.Guard).ConfigureAwait(false);
        Expect.Sequence([7], await good.NextNumbersAsync(1).ConfigureAwait(false), "what the handler saw");
        var letter = (await dead.NextAsync().ConfigureAwait(false)).Task;
        Expect.Equal("\"no note\"", letter.Payload.ToString(), "the payload that could not be read");
        Expect.Equal("1", letter.Headers.GetValueOrDefault(QueueName.DeadLetterAttemptsHeader), "its attempts");

        ValueTask HandleAsync(ConformanceNote value, IQueueDelivery delivery, CancellationToken cancellationToken) =>
            value.Number == 7 ? good.TakeAsync(delivery, cancellationToken) : ValueTask.CompletedTask;
    }

    private static async Task StreamAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("stream");
        for (var i = 1; i <= 3; i++)
        {
            await stage.EnqueueAsync(client, queue, i).ConfigureAwait(false);
        }

        var taken = new List<int>();
        await foreach (var delivery in client.TakeAllAsync(queue, cancellationToken: stage.Guard).ConfigureAwait(false))
        {
            Expect.That(!delivery.IsSettled, "a task that nobody has settled");
            taken.Add(QueueStage.Number(delivery));
            await delivery.AckAsync(stage.Guard).ConfigureAwait(false);
            if (taken.Count == 3)
            {
                break;
            }
        }

        Expect.Sequence([1, 2, 3], taken, "what the stream took");
    }

    private static async Task LeaveStreamAsync(QueueStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var queue = stage.Named("leave");
        await stage.EnqueueAsync(client, queue, 1).ConfigureAwait(false);
        await foreach (var delivery in client.TakeAllAsync(queue, cancellationToken: stage.Guard).ConfigureAwait(false))
        {
            Expect.Equal(1, delivery.Task.Attempts, "the attempts at first");
            break;
        }

        var seen = await stage.CollectAsync(client, queue).ConfigureAwait(false);
        // A stream that ends may be given a task once more, which counts.
        Expect.Equal(true, (await seen.NextAsync().ConfigureAwait(false)).Task.Attempts >= 2, "whether what came back counts as another attempt");
    }
}
