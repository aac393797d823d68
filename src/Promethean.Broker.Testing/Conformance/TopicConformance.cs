using System.Collections.Concurrent;

namespace Promethean.Broker.Testing;

/// <summary>What is promised of publish and subscribe.</summary>
internal static class TopicConformance
{
    private const int Many = 200;

    public static IEnumerable<ConformanceCase<IBrokerClient>> Cases =>
    [
        ConformanceStage.Case("A_publish_after_the_acknowledgement_is_seen", SeenAsync),
        ConformanceStage.Case("The_envelope_arrives_whole", EnvelopeAsync),
        ConformanceStage.Case("Messages_arrive_in_publish_order", OrderAsync),
        ConformanceStage.Case("Concurrent_publishers_each_keep_their_order", PublishersAsync),
        ConformanceStage.Case("Every_subscription_gets_every_message", EveryoneAsync),
        ConformanceStage.Case("A_star_stands_for_one_segment", StarAsync),
        ConformanceStage.Case("A_last_greater_sign_stands_for_one_or_more_segments", RestAsync),
        ConformanceStage.Case("Invalid_topics_are_refused", InvalidAsync),
        ConformanceStage.Case("What_a_handler_throws_stops_neither_publisher_nor_delivery", ThrowingAsync),
        ConformanceStage.Case("A_payload_that_cannot_be_read_is_that_subscribers_error_only", UnreadableAsync),
        ConformanceStage.Case("A_handler_may_publish_to_its_own_topic", EchoAsync),
    ];

    private static async Task SeenAsync(ConformanceStage stage)
    {
        var (publisher, subscriber) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        for (var round = 0; round < 20; round++)
        {
            var topic = stage.Named($"seen.{round}");
            var seen = await stage.CollectAsync(subscriber, topic).ConfigureAwait(false);
            await stage.PublishAsync(publisher, topic, round).ConfigureAwait(false);
            Expect.Equal(round, await seen.NextNumberAsync().ConfigureAwait(false), "the message");
        }
    }

    private static async Task EnvelopeAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("envelope");
        var seen = await stage.CollectAsync(client, topic).ConfigureAwait(false);
        var headers = new Dictionary<string, string> { ["origin"] = "a ünïcode value", ["empty"] = "" };
        var payload = ConformanceStage.Note(7, "quotes \" and \\ and 漢字 and 😀");
        await client.PublishAsync(topic, payload, new() { Headers = headers }, stage.Guard).ConfigureAwait(false);
        await client.PublishAsync(topic, default, cancellationToken: stage.Guard).ConfigureAwait(false);

        var first = await seen.NextAsync().ConfigureAwait(false);
        var second = await seen.NextAsync().ConfigureAwait(false);
        Expect.Equal(topic, first.Topic, "the topic");
        Expect.Equal(
            payload.Read(ConformanceJsonContext.Default.ConformanceNote), first.Payload.Read(ConformanceJsonContext.Default.ConformanceNote), "the payload");
        foreach (var (name, value) in headers)
        {
            Expect.Equal(value, first.Headers.GetValueOrDefault(name), $"the header '{name}'");
        }

        Expect.That(first.Timestamp > DateTimeOffset.UnixEpoch, "a timestamp");
        Expect.Equal("null", second.Payload.ToString(), "a payload of null");
        Expect.That(first.Id.Length > 0 && first.Id != second.Id, "an id of its own for each message");
    }

    private static async Task OrderAsync(ConformanceStage stage)
    {
        var (publisher, subscriber) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var topic = stage.Named("order");
        var seen = await stage.CollectAsync(subscriber, topic).ConfigureAwait(false);
        for (var i = 0; i < Many; i++)
        {
            await stage.PublishAsync(publisher, topic, i).ConfigureAwait(false);
        }

        Expect.Sequence(Enumerable.Range(0, Many), await seen.NextNumbersAsync(Many).ConfigureAwait(false), "the order of arrival");
    }

    private static async Task PublishersAsync(ConformanceStage stage)
    {
        const int Publishers = 4;
        var subscriber = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("publishers");
        var seen = await stage.CollectAsync(subscriber, topic).ConfigureAwait(false);
        var publishers = new IBrokerClient[Publishers];
        for (var i = 0; i < Publishers; i++)
        {
            publishers[i] = await stage.ConnectAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(publishers.Select((publisher, index) => Task.Run(
            async () =>
            {
                for (var i = 0; i < Many; i++)
                {
                    await stage.PublishAsync(publisher, topic, (index * Many) + i).ConfigureAwait(false);
                }
            },
            stage.Guard))).ConfigureAwait(false);
        var arrived = await seen.NextNumbersAsync(Publishers * Many).ConfigureAwait(false);
        for (var i = 0; i < Publishers; i++)
        {
            Expect.Sequence(Enumerable.Range(i * Many, Many), [.. arrived.Where(number => number / Many == i)], $"the order of publisher {i}");
        }
    }

    private static async Task EveryoneAsync(ConformanceStage stage)
    {
        var (first, second) = (await stage.ConnectAsync().ConfigureAwait(false), await stage.ConnectAsync().ConfigureAwait(false));
        var topic = stage.Named("everyone");
        Collector[] all =
        [
            await stage.CollectAsync(first, topic).ConfigureAwait(false),
            await stage.CollectAsync(first, topic).ConfigureAwait(false),
            await stage.CollectAsync(second, topic).ConfigureAwait(false),
        ];
        await stage.PublishAsync(first, topic, 1).ConfigureAwait(false);
        await stage.PublishAsync(second, topic, 2).ConfigureAwait(false);
        foreach (var one in all)
        {
            Expect.Sequence([1, 2], await one.NextNumbersAsync(2).ConfigureAwait(false), "what each subscription saw");
        }
    }

    private static async Task StarAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var seen = await stage.CollectAsync(client, stage.Named("star.*.end")).ConfigureAwait(false);
        await stage.PublishAsync(client, stage.Named("star.end"), 1).ConfigureAwait(false);
        await stage.PublishAsync(client, stage.Named("star.a.b.end"), 2).ConfigureAwait(false);
        await stage.PublishAsync(client, stage.Named("star.a.other"), 3).ConfigureAwait(false);
        await stage.PublishAsync(client, stage.Named("star.a.end"), 4).ConfigureAwait(false);
        await stage.PublishAsync(client, stage.Named("star.b.end"), 5).ConfigureAwait(false);
        Expect.Sequence([4, 5], await seen.NextNumbersAsync(2).ConfigureAwait(false), "what the pattern took");
    }

    private static async Task RestAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var seen = await stage.CollectAsync(client, stage.Named("rest.>")).ConfigureAwait(false);
        await stage.PublishAsync(client, stage.Named("rest"), 1).ConfigureAwait(false);
        await stage.PublishAsync(client, stage.Named("restless.a"), 2).ConfigureAwait(false);
        await stage.PublishAsync(client, stage.Named("rest.a"), 3).ConfigureAwait(false);
        await stage.PublishAsync(client, stage.Named("rest.a.b.c"), 4).ConfigureAwait(false);
        Expect.Sequence([3, 4], await seen.NextNumbersAsync(2).ConfigureAwait(false), "what the pattern took");
    }

    private static async Task InvalidAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        foreach (var topic in new[] { "", ".", "a..b", "a.", ".a", "a b", "a.*", ">", "ä", "a\r\nb", new string('a', BrokerTopic.MaxLength + 1) })
        {
            await Expect.FailsAsync(
                BrokerErrorCode.InvalidRequest, () => stage.PublishAsync(client, topic, 1).AsTask(), $"a publish to '{topic}'").ConfigureAwait(false);
        }

        foreach (var pattern in new[] { "", "a..b", "a.>.b", "a*", "a.b>", "ä" })
        {
            await Expect.FailsAsync(
                BrokerErrorCode.InvalidRequest, () => stage.CollectAsync(client, pattern).AsTask(), $"a subscription to '{pattern}'").ConfigureAwait(false);
        }
    }

    private static async Task ThrowingAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("throwing");
        var attempts = new ConcurrentQueue<int>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.SubscribeAsync(
            topic,
            async (message, _) =>
            {
                var number = ConformanceStage.Number(message.Payload);
                attempts.Enqueue(number);
                if (number == 1)
                {
                    throw new InvalidOperationException("Thrown at once.");
                }

                await Task.Yield();
                if (number == 3)
                {
                    done.SetResult();
                }

                throw new InvalidOperationException("Thrown later.");
            },
            cancellationToken: stage.Guard).ConfigureAwait(false);
        var other = await stage.CollectAsync(client, topic).ConfigureAwait(false);
        for (var i = 1; i <= 3; i++)
        {
            await stage.PublishAsync(client, topic, i).ConfigureAwait(false);
        }

        await done.Task.WaitAsync(stage.Guard).ConfigureAwait(false);
        Expect.Sequence([1, 2, 3], [.. attempts], "what the throwing handler was given");
        Expect.Sequence([1, 2, 3], await other.NextNumbersAsync(3).ConfigureAwait(false), "what the other handler was given");
    }

    private static async Task UnreadableAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("unreadable");
        var readable = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.SubscribeAsync(
            topic,
            (message, _) =>
            {
                readable.TrySetResult(message.Payload.Number);
                return ValueTask.CompletedTask;
            },
            ConformanceJsonContext.Default.ConformanceNote,
            cancellationToken: stage.Guard).ConfigureAwait(false);
        var raw = await stage.CollectAsync(client, topic).ConfigureAwait(false);
        await client.PublishAsync(topic, JsonPayload.Parse("[\"not a note\"]"), cancellationToken: stage.Guard).ConfigureAwait(false);
        await stage.PublishAsync(client, topic, 2).ConfigureAwait(false);
        Expect.Equal(2, await readable.Task.WaitAsync(stage.Guard).ConfigureAwait(false), "the first note that the typed handler read");
        Expect.Equal("[\"not a note\"]", (await raw.NextAsync().ConfigureAwait(false)).Payload.ToString(), "what the untyped handler saw first");
        Expect.Equal(2, await raw.NextNumberAsync().ConfigureAwait(false), "what the untyped handler saw next");
    }

    private static async Task EchoAsync(ConformanceStage stage)
    {
        var client = await stage.ConnectAsync().ConfigureAwait(false);
        var topic = stage.Named("echo");
        var order = new ConcurrentQueue<int>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.SubscribeAsync(
            topic,
            async (message, token) =>
            {
                var number = ConformanceStage.Number(message.Payload);
                order.Enqueue(number);
                if (number < 3)
                {
                    await client.PublishAsync(topic, ConformanceStage.Note(number + 1), cancellationToken: token).ConfigureAwait(false);
                    order.Enqueue(-number);
                }
                else
                {
                    done.SetResult();
                }
            },
            cancellationToken: stage.Guard).ConfigureAwait(false);
        await stage.PublishAsync(client, topic, 1).ConfigureAwait(false);
        await done.Task.WaitAsync(stage.Guard).ConfigureAwait(false);
        Expect.Sequence([1, -1, 2, -2, 3], [.. order], "the turns of the handler");
    }
}
