namespace Promethean.Broker.Testing;

/// <summary>What is promised of a subscription's buffer and its end.</summary>
internal static class BufferConformance
{
    public static IEnumerable<ConformanceCase> Cases =>
    [
        ConformanceStage.Case("A_handler_runs_for_one_message_at_a_time", OneAtATimeAsync),
        ConformanceStage.Case("A_slow_subscriber_delays_only_itself", SlowAsync),
        ConformanceStage.Case("A_full_buffer_drops_the_oldest_and_counts", stage => DropAsync(stage, BrokerOverflow.DropOldest, [1, 4, 5], [2, 3])),
        ConformanceStage.Case("A_full_buffer_drops_the_newest_and_counts", stage => DropAsync(stage, BrokerOverflow.DropNewest, [1, 2, 3], [4, 5])),
        ConformanceStage.Case("A_disposed_subscription_gets_nothing_more", DisposedAsync),
        ConformanceStage.Case("Disposing_a_subscription_ends_its_token_and_waits_for_its_handler", WaitsAsync),
        ConformanceStage.Case("Draining_handles_what_is_pending_and_takes_nothing_new", DrainAsync),
        ConformanceStage.Case("A_handler_may_dispose_its_own_subscription", OwnAsync),
    ];

    private static async Task OneAtATimeAsync(ConformanceStage stage)
    {
        const int Messages = 50;
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("turns");
        var (running, most, handled) = (0, 0, 0);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.SubscribeAsync(
            topic,
            async (_, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
                if (++handled == Messages)
                {
                    done.SetResult();
                }
            },
            cancellationToken: stage.Guard).ConfigureAwait(false);
        await Task.WhenAll(Enumerable.Range(0, Messages).Select(i => Task.Run(() => stage.PublishAsync(client, topic, i).AsTask(), stage.Guard))).ConfigureAwait(false);
        await done.Task.WaitAsync(stage.Guard).ConfigureAwait(false);
        Expect.Equal(1, most, "the most handlers that ran at once");
    }

    private static async Task SlowAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("slow");
        var slow = new Gate();
        var subscription = await client.SubscribeAsync(topic, slow.PassAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        var quick = await stage.CollectAsync(client, topic).ConfigureAwait(false);
        for (var i = 1; i <= 20; i++)
        {
            await stage.PublishAsync(client, topic, i).ConfigureAwait(false);
        }

        Expect.Sequence(Enumerable.Range(1, 20), await quick.NextNumbersAsync(20).ConfigureAwait(false), "what the quick subscriber saw while the slow one stood");
        await stage.UntilAsync(() => subscription.Pending == 20, "20 messages are pending at the slow subscriber").ConfigureAwait(false);
        slow.Open();
        await stage.UntilAsync(() => subscription.Pending == 0, "the slow subscriber is through").ConfigureAwait(false);
        Expect.Sequence(Enumerable.Range(1, 20), slow.Passed, "what the slow subscriber saw");
        Expect.Equal(0, subscription.Dropped, "what it lost");
    }

    private static async Task DropAsync(ConformanceStage stage, BrokerOverflow overflow, int[] kept, int[] lost)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("drop");
        var gate = new Gate();
        var subscription = await client.SubscribeAsync(
            topic, gate.PassAsync, new() { Capacity = kept.Length - 1, Overflow = overflow }, stage.Guard).ConfigureAwait(false);
        await stage.PublishAsync(client, topic, 1).ConfigureAwait(false);
        await gate.Entered.WaitAsync(stage.Guard).ConfigureAwait(false);
        for (var i = 2; i <= kept.Length + lost.Length; i++)
        {
            await stage.PublishAsync(client, topic, i).ConfigureAwait(false);
        }

        await stage.UntilAsync(() => subscription.Dropped == lost.Length, $"{lost.Length} messages are counted as dropped").ConfigureAwait(false);
        Expect.Equal(kept.Length, subscription.Pending, "what is pending");
        gate.Open();
        await stage.UntilAsync(() => subscription.Pending == 0, "nothing is pending").ConfigureAwait(false);
        Expect.Sequence(kept, gate.Passed, "what the handler saw");
    }

    private static async Task DisposedAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("disposed");
        var seen = new Collector(stage.Guard);
        var subscription = await client.SubscribeAsync(topic, seen.TakeAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        var witness = await stage.CollectAsync(client, topic).ConfigureAwait(false);
        Expect.Equal(topic, subscription.Pattern, "the subscription's pattern");
        await stage.PublishAsync(client, topic, 1).ConfigureAwait(false);
        Expect.Equal(1, await seen.NextNumberAsync().ConfigureAwait(false), "the message before");
        await subscription.DisposeAsync().ConfigureAwait(false);
        await subscription.DisposeAsync().ConfigureAwait(false);
        await stage.PublishAsync(client, topic, 2).ConfigureAwait(false);
        Expect.Sequence([1, 2], await witness.NextNumbersAsync(2).ConfigureAwait(false), "what the other subscription saw");
        Expect.Equal(0, seen.Count, "what came after the disposal");
        Expect.That(subscription.Completion.IsCompletedSuccessfully, "a disposed subscription to be complete");
    }

    private static async Task WaitsAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("waits");
        var gate = new Gate();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var subscription = await client.SubscribeAsync(
            topic,
            async (message, token) =>
            {
                await using var registration = token.Register(ended.SetResult).ConfigureAwait(false);
                await gate.PassAsync(message, CancellationToken.None).ConfigureAwait(false);
            },
            cancellationToken: stage.Guard).ConfigureAwait(false);
        await stage.PublishAsync(client, topic, 1).ConfigureAwait(false);
        await stage.PublishAsync(client, topic, 2).ConfigureAwait(false);
        await gate.Entered.WaitAsync(stage.Guard).ConfigureAwait(false);
        var disposal = subscription.DisposeAsync().AsTask();
        await ended.Task.WaitAsync(stage.Guard).ConfigureAwait(false);
        Expect.That(!disposal.IsCompleted, "a disposal that waits for the handler that runs");
        gate.Open();
        await disposal.WaitAsync(stage.Guard).ConfigureAwait(false);
        Expect.Sequence([1], gate.Passed, "what was handled");
    }

    private static async Task DrainAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("drain");
        var gate = new Gate();
        var subscription = await client.SubscribeAsync(topic, gate.PassAsync, cancellationToken: stage.Guard).ConfigureAwait(false);
        for (var i = 1; i <= 3; i++)
        {
            await stage.PublishAsync(client, topic, i).ConfigureAwait(false);
        }

        await stage.UntilAsync(() => subscription.Pending == 3, "3 messages are pending").ConfigureAwait(false);
        var drained = subscription.DrainAsync(stage.Guard).AsTask();
        Expect.That(!drained.IsCompleted, "a drain that waits for what is pending");
        gate.Open();
        await drained.WaitAsync(stage.Guard).ConfigureAwait(false);
        await stage.PublishAsync(client, topic, 4).ConfigureAwait(false);
        Expect.Sequence([1, 2, 3], gate.Passed, "what was handled");
        Expect.Equal(0, subscription.Pending, "what is pending after the drain");
        await subscription.DisposeAsync().ConfigureAwait(false);
        Expect.Sequence([1, 2, 3], gate.Passed, "what was handled in the end");
    }

    private static async Task OwnAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("own");
        var known = new TaskCompletionSource<IBrokerSubscription>(TaskCreationOptions.RunContinuationsAsynchronously);
        var handled = 0;
        var subscription = await client.SubscribeAsync(
            topic,
            async (_, _) =>
            {
                handled++;
                await (await known.Task.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            },
            cancellationToken: stage.Guard).ConfigureAwait(false);
        known.SetResult(subscription);
        await stage.PublishAsync(client, topic, 1).ConfigureAwait(false);
        await subscription.Completion.WaitAsync(stage.Guard).ConfigureAwait(false);
        await stage.PublishAsync(client, topic, 2).ConfigureAwait(false);
        Expect.Equal(1, handled, "the messages handled");
    }
}
