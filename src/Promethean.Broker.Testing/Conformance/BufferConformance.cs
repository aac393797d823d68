namespace Promethean.Broker.Testing;

/// <summary>What is promised of a subscription's buffer and its end.</summary>
internal static class BufferConformance
{
    public static IEnumerable<ConformanceCase<IBrokerClient>> Cases =>
    [
        ConformanceStage.Case("A_handler_runs_for_one_message_at_a_time", OneAtATimeAsync),
        ConformanceStage.Case("A_slow_subscriber_delays_only_itself", SlowAsync),
        ConformanceStage.Case("A_full_buffer_drops_the_oldest_and_counts", stage => DropAsync(stage, BrokerOverflow.DropOldest, [1, 4, 5], [2, 3])),
        ConformanceStage.Case("A_full_buffer_drops_the_newest_and_counts", stage => DropAsync(stage, BrokerOverflow.DropNewest, [1, 2, 3], [4, 5])),
        ConformanceStage.Case("A_disposed_subscription_gets_nothing_more", DisposedAsync),
        ConformanceStage.Case("Disposing_a_subscription_ends_its_token_and_waits_for_its_handler", WaitsAsync),
        ConformanceStage.Case("Draining_handles_what_is_pending_and_takes_nothing_new", DrainAsync),
        ConformanceStage.Case("A_handler_may_dispose_its_own_subscription", OwnAsync),
        ConformanceStage.Case("A_full_buffer_that_throws_ends_the_subscription_with_overloaded", ThrowAsync),
        ConformanceStage.Case("A_full_buffer_that_waits_loses_nothing_when_room_comes_in_time", WaitInTimeAsync),
        ConformanceStage.Case("A_full_buffer_that_waits_in_vain_drops_and_counts", WaitInVainAsync),
        ConformanceStage.Case("A_subscription_may_handle_several_at_once", SeveralAsync),
        ConformanceStage.Case("Invalid_subscription_options_are_refused", RefusedAsync),
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

    private static async Task ThrowAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("throw");
        var gate = new Gate();
        var subscription = await client.SubscribeAsync(
            topic, gate.PassAsync, new() { Capacity = 1, Overflow = BrokerOverflow.Throw }, stage.Guard).ConfigureAwait(false);
        var witness = await stage.CollectAsync(client, topic).ConfigureAwait(false);
        await stage.PublishAsync(client, topic, 1).ConfigureAwait(false);
        await gate.Entered.WaitAsync(stage.Guard).ConfigureAwait(false);
        await stage.PublishAsync(client, topic, 2).ConfigureAwait(false);
        await stage.PublishAsync(client, topic, 3).ConfigureAwait(false);
        await stage.UntilAsync(() => subscription.Dropped == 1, "1 message is counted as dropped").ConfigureAwait(false);
        Expect.That(!subscription.Completion.IsCompleted, "a subscription that handles what waits before it ends");
        gate.Open();
        await Expect.FailsAsync(BrokerErrorCode.Overloaded, () => subscription.Completion.WaitAsync(stage.Guard), "the subscription's completion").ConfigureAwait(false);
        await stage.PublishAsync(client, topic, 4).ConfigureAwait(false);
        Expect.Sequence([1, 2, 3, 4], await witness.NextNumbersAsync(4).ConfigureAwait(false), "what another subscription saw");
        Expect.Sequence([1, 2], gate.Passed, "what the handler saw");
        Expect.Equal(0, subscription.Pending, "what is pending");
        Expect.Equal(1, subscription.Dropped, "what was lost");
        await subscription.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task WaitInTimeAsync(ConformanceStage stage)
    {
        const int Messages = 20;
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var publisher = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("wait");
        var gate = new Gate();
        var options = new SubscribeOptions { Capacity = 2, Overflow = BrokerOverflow.Wait, OverflowTimeout = TimeSpan.FromSeconds(30) };
        var subscription = await client.SubscribeAsync(topic, gate.PassAsync, options, stage.Guard).ConfigureAwait(false);
        // Not one after the other: a broker may make the one who publishes wait for the room.
        var publishing = Enumerable.Range(1, Messages).Select(i => Task.Run(() => stage.PublishAsync(publisher, topic, i).AsTask(), stage.Guard)).ToArray();
        await gate.Entered.WaitAsync(stage.Guard).ConfigureAwait(false);
        await stage.UntilAsync(() => subscription.Pending > options.Capacity, "the buffer is full").ConfigureAwait(false);
        gate.Open();
        await Task.WhenAll(publishing).WaitAsync(stage.Guard).ConfigureAwait(false);
        await stage.UntilAsync(() => gate.Passed.Length == Messages, "every message is handled").ConfigureAwait(false);
        Expect.Sequence(Enumerable.Range(1, Messages), [.. gate.Passed.Order()], "what the handler saw, sorted");
        Expect.Equal(0, subscription.Dropped, "what was lost");
        await stage.UntilAsync(() => subscription.Pending == 0, "nothing is pending").ConfigureAwait(false);
    }

    private static async Task WaitInVainAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var publisher = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("vain");
        var gate = new Gate();
        var options = new SubscribeOptions { Capacity = 1, Overflow = BrokerOverflow.Wait, OverflowTimeout = TimeSpan.FromMilliseconds(20) };
        var subscription = await client.SubscribeAsync(topic, gate.PassAsync, options, stage.Guard).ConfigureAwait(false);
        await stage.PublishAsync(publisher, topic, 1).ConfigureAwait(false);
        await gate.Entered.WaitAsync(stage.Guard).ConfigureAwait(false);
        await stage.PublishAsync(publisher, topic, 2).ConfigureAwait(false);
        var waiting = stage.PublishAsync(publisher, topic, 3).AsTask();
        await stage.UntilAsync(() => subscription.Dropped == 1, "1 message is counted as dropped").ConfigureAwait(false);
        await waiting.WaitAsync(stage.Guard).ConfigureAwait(false);
        Expect.Equal(2, subscription.Pending, "what is pending");
        gate.Open();
        await stage.UntilAsync(() => subscription.Pending == 0, "nothing is pending").ConfigureAwait(false);
        Expect.Sequence([1, 2], gate.Passed, "what the handler saw");
        Expect.Equal(1, subscription.Dropped, "what was lost");
    }

    private static async Task SeveralAsync(ConformanceStage stage)
    {
        const int AtOnce = 3, Messages = 10;
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("several");
        var gate = new Gate();
        var (running, most) = (0, 0);
        var subscription = await client.SubscribeAsync(
            topic,
            async (message, token) =>
            {
                var now = Interlocked.Increment(ref running);
                for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
                {
                    Interlocked.CompareExchange(ref most, now, seen);
                }

                await gate.PassAsync(message, token).ConfigureAwait(false);
                await Task.Yield();
                Interlocked.Decrement(ref running);
            },
            new() { MaxConcurrency = AtOnce },
            stage.Guard).ConfigureAwait(false);
        for (var i = 1; i <= Messages; i++)
        {
            await stage.PublishAsync(client, topic, i).ConfigureAwait(false);
        }

        await stage.UntilAsync(() => Volatile.Read(ref running) == AtOnce, $"{AtOnce} handlers run at once").ConfigureAwait(false);
        await stage.UntilAsync(() => subscription.Pending == Messages, "every message is pending").ConfigureAwait(false);
        gate.Open();
        await subscription.DrainAsync(stage.Guard).ConfigureAwait(false);
        Expect.Equal(AtOnce, most, "the most handlers that ran at once");
        Expect.Sequence(Enumerable.Range(1, Messages), [.. gate.Passed.Order()], "what the handlers saw, sorted");
        Expect.Equal(0, subscription.Pending, "what is pending");
    }

    private static async Task RefusedAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        SubscribeOptions[] invalid =
        [
            new() { Capacity = 0 },
            new() { MaxConcurrency = 0 },
            new() { OverflowTimeout = TimeSpan.Zero },
            new() { OverflowTimeout = TimeSpan.FromMinutes(2) },
            new() { Overflow = (BrokerOverflow)99 },
        ];
        foreach (var options in invalid)
        {
            await Expect.ThrowsAsync<ArgumentOutOfRangeException>(
                () => client.SubscribeAsync(stage.Named("refused"), (_, _) => default, options, stage.Guard).AsTask(), "a subscription out of range").ConfigureAwait(false);
        }
    }
}
