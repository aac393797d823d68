using System.Text;

namespace Promethean.Broker.Server.Tests;

public sealed class TopicTests
{
    [Fact]
    public async Task A_message_comes_once_however_many_patterns_it_falls_under()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        foreach (var pattern in new[] { "a.b", "a.*", "a.>", ">" })
        {
            await client.AskAsync($$$"""{"id":"s","action":"subscribe","payload":{"topic":"{{{pattern}}}"}}""");
        }

        var message = (await client.AskAsync("""{"action":"publish","payload":{"topic":"a.b","payload":[1, 2],"headers":{"h":"v"}}}""")).GetProperty("message");
        message.GetProperty("payload").GetRawText().Should().Be("[1, 2]");
        message.GetProperty("headers").GetProperty("h").GetString().Should().Be("v");
        (await client.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h");
    }

    [Fact]
    public async Task Unsubscribing_ends_delivery()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        await client.AskAsync("""{"id":"1","action":"subscribe","payload":{"topic":"a"}}""");
        await client.AskAsync("""{"id":"2","action":"unsubscribe","payload":{"topic":"a"}}""");
        (await client.AskAsync("""{"id":"3","action":"publish","payload":{"topic":"a","payload":1}}""")).GetProperty("id").GetString().Should().Be("3");
        (await client.AskAsync("""{"id":"4","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("4");
    }

    [Fact]
    public async Task A_connection_has_its_share_of_subscriptions_and_no_more()
    {
        await using var broker = await TestBroker.StartAsync(options => options.MaxSubscriptions = 2);
        using var client = await broker.RawAsync();
        await client.AskAsync("""{"id":"1","action":"subscribe","payload":{"topic":"a"}}""");
        await client.AskAsync("""{"id":"2","action":"subscribe","payload":{"topic":"b"}}""");
        (await client.AskAsync("""{"id":"3","action":"subscribe","payload":{"topic":"c"}}""")).GetProperty("code").GetString().Should().Be("too_large");
        (await client.AskAsync("""{"id":"4","action":"subscribe","payload":{"topic":"a"}}""")).GetProperty("event").GetString().Should().Be("ok", "it has it already");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Frames_come_in_arrays_only_where_the_client_said_that_it_takes_them(bool takesArrays)
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync(takesArrays);
        const int Many = 200;
        await client.SendAsync("[" + string.Join(',', Enumerable.Range(0, Many).Select(i => $$"""{"id":"{{i}}","action":"heartbeat"}""")) + "]");
        for (var i = 0; i < Many; i++)
        {
            (await client.NextAsync()).GetProperty("id").GetString().Should().Be($"{i}");
        }

        broker.Frames.Received.Any(text => text.StartsWith('[')).Should().Be(takesArrays);
    }

    [Fact]
    public async Task A_full_queue_of_messages_drops_the_oldest_and_tells_its_reader_how_many()
    {
        var queue = new OutgoingQueue(new() { MaxQueuedMessages = 2, MaxQueuedBytes = 10 });
        queue.AddMessage(Bytes("one")).Should().Be(0);
        queue.AddMessage(Bytes("two")).Should().Be(0);
        queue.AddMessage(Bytes("three")).Should().Be(1);
        queue.AddMessage(Bytes("thirteen")).Should().Be(2, "bytes count too");
        queue.TryAddReply(Bytes("reply")).Should().BeTrue();
        var batch = new List<string>();
        queue.Complete(discards: false);
        var frames = new FrameBatch(allowsMany: true);
        (await queue.FillAsync(frames, TestContext.Current.CancellationToken)).Should().BeTrue();
        batch.Add(Encoding.UTF8.GetString(frames.ToMessage().Span));
        batch.Should().Equal("""[reply,{"event":"gap","missed":3},thirteen]""");
        frames.Clear();
        (await queue.FillAsync(frames, TestContext.Current.CancellationToken)).Should().BeFalse();
    }

    [Fact]
    public void A_full_queue_of_replies_refuses_more()
    {
        var queue = new OutgoingQueue(new() { MaxQueuedReplies = 2, MaxQueuedBytes = 10 });
        queue.TryAddReply(Bytes("one")).Should().BeTrue();
        queue.TryAddReply(Bytes("two")).Should().BeTrue();
        queue.TryAddReply(Bytes("x")).Should().BeFalse();
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
