namespace Promethean.Broker.Server.Tests;

public sealed class BackplaneTopicTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_reaches_the_subscribers_of_every_broker_once_with_its_headers_and_in_order()
    {
        await using var brokers = await BrokerPair.StartAsync();
        var (here, there) = (await SubscribeAsync(brokers.A.Client(), "news.*"), await SubscribeAsync(brokers.B.Client(), "news.*"));
        var publisher = brokers.A.Client();
        var headers = new Dictionary<string, string> { ["lang"] = "dé\"" };
        for (var i = 0; i < 50; i++)
        {
            await publisher.PublishAsync("news.today", JsonPayload.Parse($"{i}"), new() { Headers = headers }, Token);
        }

        foreach (var inbox in new[] { here, there })
        {
            await Until.TrueAsync(() => inbox.Count >= 50);
            inbox.Select(message => message.Payload.ToString()).Should().Equal(Enumerable.Range(0, 50).Select(i => $"{i}"));
            inbox.First().Headers.Should().BeEquivalentTo(headers);
        }

        here.Select(message => message.Id).Should().Equal(there.Select(message => message.Id), "it is the same message everywhere");
    }

    [Fact]
    public async Task A_connection_whose_patterns_overlap_gets_a_message_once()
    {
        await using var brokers = await BrokerPair.StartAsync();
        using var client = await brokers.A.RawAsync();
        foreach (var pattern in new[] { "a.b", "a.*", "a.>", ">" })
        {
            await client.AskAsync($$$"""{"id":"s","action":"subscribe","payload":{"topic":"{{{pattern}}}"}}""");
        }

        var publisher = brokers.B.Client();
        for (var i = 0; i < 20; i++)
        {
            await publisher.PublishAsync("a.b", JsonPayload.Parse($"{i}"), cancellationToken: Token);
            (await client.NextAsync()).GetProperty("message").GetProperty("payload").GetInt32().Should().Be(i);
        }

        // Whatever came twice would stand before this answer.
        (await client.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h");
    }

    [Fact]
    public async Task A_pattern_is_at_the_backplane_once_for_as_long_as_anyone_here_uses_it()
    {
        await using var brokers = await BrokerPair.StartAsync();
        var (one, two) = (brokers.A.Client(), brokers.A.Client());
        var publisher = brokers.B.Client();
        var first = await one.SubscribeAsync("x.>", (_, _) => ValueTask.CompletedTask, cancellationToken: Token);
        await two.SubscribeAsync("x.>", (_, _) => ValueTask.CompletedTask, cancellationToken: Token);
        (await DeliveriesAsync()).Should().Be(1);
        await first.DisposeAsync();
        (await DeliveriesAsync()).Should().Be(1);
        await two.DisposeAsync();
        while (await DeliveriesAsync() != 0)
        {
            await Task.Yield();
        }

        async Task<long> DeliveriesAsync()
        {
            var before = brokers.Backplane.Counters.Delivered;
            await publisher.PublishAsync("x.y", JsonPayload.Parse("1"), cancellationToken: Token);
            return brokers.Backplane.Counters.Delivered - before;
        }
    }

    [Fact]
    public async Task Frames_of_one_connection_keep_their_order()
    {
        await using var brokers = await BrokerPair.StartAsync();
        using var client = await brokers.A.RawAsync(takesArrays: true);
        await client.SendAsync(
            """
            [{"action":"subscribe","payload":{"topic":"t"}},{"action":"publish","payload":{"topic":"t","payload":1}},
             {"action":"unsubscribe","payload":{"topic":"t"}},{"action":"publish","payload":{"topic":"t","payload":2}},
             {"action":"subscribe","payload":{"topic":"t"}},{"id":"p","action":"publish","payload":{"topic":"t","payload":3}}]
            """);
        var seen = new List<string>();
        while (seen.Count(text => text != "ok") < 2 || !seen.Contains("ok"))
        {
            var frame = await client.NextAsync();
            seen.Add(frame.TryGetProperty("message", out var message) ? message.GetProperty("payload").GetRawText() : frame.GetProperty("event").GetString()!);
        }

        seen.Where(text => text != "ok").Should().Equal("1", "3");
    }

    private static async Task<IReadOnlyCollection<BrokerMessage>> SubscribeAsync(WebSocketBrokerClient client, string pattern)
    {
        var inbox = new System.Collections.Concurrent.ConcurrentQueue<BrokerMessage>();
        await client.SubscribeAsync(
            pattern,
            (message, _) =>
            {
                inbox.Enqueue(message);
                return ValueTask.CompletedTask;
            },
            cancellationToken: Token);
        return inbox;
    }
}
