using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>Sessions as frames: what goes on over another socket, and what cannot.</summary>
public sealed class SessionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_sent_to_a_broken_socket_is_sent_again_to_the_next_once()
    {
        await using var broker = await TestBroker.StartAsync();
        using var first = await broker.RawAsync();
        var session = await BeginAsync(first);
        await first.AskAsync("""{"id":"1","action":"subscribe","payload":{"topic":"t"}}""");
        using var publisher = await broker.RawAsync();
        await publisher.AskAsync(Publish(1));
        (await first.NextAsync()).GetProperty("message").GetProperty("payload").GetInt32().Should().Be(1);
        first.Abort();
        await publisher.AskAsync(Publish(2));

        using var second = await broker.RawAsync();
        // The acknowledgement has come, the first message has not: as far as the client says.
        var resumed = (await second.AskAsync(Resume(session, received: 1))).GetProperty("payload");
        (resumed.GetProperty("resumed").GetBoolean(), resumed.GetProperty("received").GetInt64()).Should().Be((true, 1L));
        (await second.NextAsync()).GetProperty("message").GetProperty("payload").GetInt32().Should().Be(1);
        (await second.NextAsync()).GetProperty("message").GetProperty("payload").GetInt32().Should().Be(2);
        await publisher.AskAsync(Publish(3));
        (await second.NextAsync()).GetProperty("message").GetProperty("payload").GetInt32().Should().Be(3);
    }

    [Fact]
    public async Task A_socket_that_seems_alive_gives_way_to_the_next_of_its_session()
    {
        await using var broker = await TestBroker.StartAsync();
        using var first = await broker.RawAsync();
        var session = await BeginAsync(first);
        using var second = await broker.RawAsync();
        (await second.AskAsync(Resume(session, received: 0))).GetProperty("payload").GetProperty("resumed").GetBoolean().Should().BeTrue();
        (await second.AskAsync("""{"id":"1","action":"heartbeat"}""")).GetProperty("event").GetString().Should().Be("ok");
    }

    [Fact]
    public async Task A_resume_that_was_overtaken_by_the_clients_next_one_costs_the_session_nothing()
    {
        await using var broker = await TestBroker.StartAsync();
        using var first = await broker.RawAsync();
        var session = await BeginAsync(first);
        await first.AskAsync("""{"id":"1","action":"subscribe","payload":{"topic":"t"}}""");
        first.Abort();
        using var live = await broker.RawAsync();
        await live.AskAsync(Resume(session, received: 1));
        using var publisher = await broker.RawAsync();
        await publisher.AskAsync(Publish(1));
        await live.NextAsync();
        await live.SendAsync("""{"action":"received","payload":{"seq":2}}""");
        await live.AskAsync("""{"id":"2","action":"heartbeat"}""");

        // Sent before, and given up: on a busy machine it is read only now.
        using var late = await broker.RawAsync();
        (await late.AskAsync(Resume(session, received: 1))).GetProperty("payload").GetProperty("resumed").GetBoolean().Should().BeFalse();
        await publisher.AskAsync(Publish(2));
        (await live.NextAsync()).GetProperty("message").GetProperty("payload").GetInt32().Should().Be(2, "the socket that serves the session still does");
    }

    [Theory]
    [InlineData("another", 0)]
    [InlineData(null, 7)]
    public async Task A_session_that_cannot_go_on_begins_anew_and_says_so(string? name, long received)
    {
        await using var broker = await TestBroker.StartAsync();
        using var first = await broker.RawAsync();
        var session = await BeginAsync(first);
        first.Abort();
        using var second = await broker.RawAsync();
        var begun = (await second.AskAsync(Resume(name ?? session, received))).GetProperty("payload");
        begun.GetProperty("resumed").GetBoolean().Should().BeFalse();
        begun.GetProperty("session").GetString().Should().NotBe(session);
    }

    [Fact]
    public async Task A_session_ends_with_its_window_and_what_it_held_goes_to_others()
    {
        var time = new FakeTimeProvider();
        await using var broker = await TestBroker.StartAsync(options => options.ResumeWindow = TimeSpan.FromSeconds(5), time);
        using var worker = await broker.RawAsync();
        await BeginAsync(worker);
        await worker.AskAsync("""{"id":"1","action":"ready","payload":{"actions":["job"],"credit":1}}""");
        using var caller = await broker.RawAsync();
        await caller.SendAsync("""{"id":"r","action":"job"}""");
        (await worker.NextAsync()).GetProperty("event").GetString().Should().Be("task-assigned");
        worker.Abort();
        await Until.TrueAsync(() => broker.Connections.Count == 1);
        time.Advance(TimeSpan.FromSeconds(4.9));
        broker.Work.Count().Open.Should().Be(1);
        time.Advance(TimeSpan.FromSeconds(0.2));
        (await caller.NextAsync()).GetProperty("code").GetString().Should().Be("internal");
    }

    [Fact]
    public async Task A_worker_that_is_away_is_given_nothing_until_it_is_back()
    {
        await using var broker = await TestBroker.StartAsync();
        using var first = await broker.RawAsync();
        var session = await BeginAsync(first);
        await first.AskAsync("""{"id":"1","action":"ready","payload":{"actions":["job"],"credit":4}}""");
        first.Abort();
        await Until.TrueAsync(() => broker.Connections.Count == 0);
        using var caller = await broker.RawAsync();
        await caller.SendAsync("""{"id":"r","action":"job"}""");
        await Until.TrueAsync(() => broker.Work.Count().Queued == 1);
        using var second = await broker.RawAsync();
        await second.AskAsync(Resume(session, received: 1));
        (await second.NextAsync()).GetProperty("event").GetString().Should().Be("task-assigned");
    }

    [Fact]
    public async Task Messages_beyond_the_limit_are_told_as_a_gap_where_they_were()
    {
        await using var broker = await TestBroker.StartAsync(options => options.MaxQueuedMessages = 2);
        using var first = await broker.RawAsync();
        var session = await BeginAsync(first);
        await first.AskAsync("""{"id":"1","action":"subscribe","payload":{"topic":"t"}}""");
        first.Abort();
        await Until.TrueAsync(() => broker.Connections.Count == 0);
        using var publisher = await broker.RawAsync();
        for (var i = 1; i <= 5; i++)
        {
            await publisher.AskAsync(Publish(i));
        }

        using var second = await broker.RawAsync();
        await second.AskAsync(Resume(session, received: 1));
        (await second.NextTextAsync()).Should().Be("""{"event":"gap","missed":3}""");
        (await second.NextAsync()).GetProperty("message").GetProperty("payload").GetInt32().Should().Be(4);
        (await second.NextAsync()).GetProperty("message").GetProperty("payload").GetInt32().Should().Be(5);
    }

    [Fact]
    public async Task A_client_that_reports_nothing_makes_the_broker_keep_no_more_than_its_limit()
    {
        var queue = new OutgoingQueue(new() { MaxQueuedMessages = 1 });
        queue.TryAttach("{}"u8.ToArray(), null);
        var batch = new FrameBatch(allowsMany: true);
        var sent = 0;
        for (var i = 0; i < 20_000; i++)
        {
            queue.AddMessage(new byte[1024]);
            queue.AddMessage(new byte[1024]);
            queue.TryTellRoom();
            using var late = new CancellationTokenSource();
            var filling = queue.FillAsync(batch, late.Token);
            if (!filling.IsCompleted)
            {
                break;
            }

            await filling;
            sent += batch.Count;
            batch.Clear();
        }

        sent.Should().BeLessThan(8 * 1024, "what is not reported as received is kept, gaps too");
    }

    [Fact]
    public async Task Frames_are_reported_as_received_and_need_not_be_kept()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        var session = await BeginAsync(client);
        for (var i = 0; i < 128; i++)
        {
            await client.SendAsync("""{"action":"heartbeat"}""");
        }

        (await client.NextTextAsync()).Should().Be("""{"event":"received","seq":128}""");
        await client.SendAsync("""{"action":"received","payload":{"seq":1}}""");
        (await client.NextAsync()).GetProperty("code").GetString().Should().Be("invalid_request", "nothing has been sent that is counted");
    }

    [Fact]
    public async Task Only_the_first_frame_begins_a_session()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        await client.AskAsync("""{"id":"1","action":"heartbeat"}""");
        (await client.AskAsync("""{"id":"2","action":"resume"}""")).GetProperty("code").GetString().Should().Be("invalid_request");
    }

    [Theory]
    [InlineData("""{"id":"0","action":"resume","payload":null}""", "resume: /payload: ")]
    [InlineData("""{"id":"0","action":"resume","payload":{}}""", "resume: /payload: ")]
    [InlineData("""{"id":"0","action":"resume","payload":{"session":"","received":0}}""", "resume: /payload/session: ")]
    [InlineData("""{"id":"0","action":"resume","payload":{"session":"s","received":0.5}}""", "resume: /payload/received: ")]
    [InlineData("""{"action":"received"}""", "received: ")]
    [InlineData("""{"action":"received","payload":{"seq":-1}}""", "received: /payload/seq: ")]
    [InlineData("""{"action":"received","payload":{"seq":"1"}}""", "received: /payload/seq: ")]
    public async Task What_the_schema_does_not_allow_is_refused_with_its_place(string frame, string place)
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        var refused = await client.AskWrongAsync(frame);
        refused.GetProperty("code").GetString().Should().Be("invalid_request");
        refused.GetProperty("message").GetString().Should().StartWith(place);
        (await client.AskAsync("""{"id":"1","action":"heartbeat"}""")).GetProperty("event").GetString().Should().Be("ok");
    }

    [Fact]
    public async Task A_count_may_be_written_as_any_whole_number()
    {
        await using var broker = await TestBroker.StartAsync();
        using var first = await broker.RawAsync();
        var session = await BeginAsync(first);
        await first.AskAsync("""{"id":"1","action":"heartbeat"}""");
        await first.SendAsync("""{"action":"received","payload":{"seq":1.0}}""");
        (await first.AskAsync("""{"id":"2","action":"heartbeat"}""")).GetProperty("event").GetString().Should().Be("ok");
        first.Abort();
        using var second = await broker.RawAsync();
        var resume = Resume(session, received: 2).Replace(":2}", ":2.0}", StringComparison.Ordinal);
        (await second.AskAsync(resume)).GetProperty("payload").GetProperty("resumed").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task Another_client_cannot_take_a_session_over()
    {
        await using var broker = await TestBroker.StartAsync(options =>
        {
            options.Tokens.Add(new() { Token = "the-token-of-alice", User = "alice" });
            options.Tokens.Add(new() { Token = "the-token-of-bob", User = "bob" });
        });
        using var alice = await broker.RawAsync(token: "the-token-of-alice");
        var session = await BeginAsync(alice);
        using var bob = await broker.RawAsync(token: "the-token-of-bob");
        (await bob.AskAsync(Resume(session, received: 0))).GetProperty("payload").GetProperty("resumed").GetBoolean().Should().BeFalse();
        (await alice.AskAsync("""{"id":"1","action":"heartbeat"}""")).GetProperty("event").GetString().Should().Be("ok");
    }

    private static string Publish(int number) => $$$"""{"id":"p{{{number}}}","action":"publish","payload":{"topic":"t","payload":{{{number}}}}}""";

    private static string Resume(string session, long received) =>
        $$$"""{"id":"0","action":"resume","payload":{"session":"{{{session}}}","received":{{{received}}}}}""";

    private static async Task<string> BeginAsync(RawClient client)
    {
        var begun = await client.AskAsync("""{"id":"0","action":"resume"}""");
        return begun.GetProperty("payload").GetProperty("session").GetString()!;
    }
}
