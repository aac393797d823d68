using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>What all organisations share, no one of them can use up.</summary>
public sealed class OrgShareTests
{
    private const string Alice = "the-token-of-alice";
    private const string Bob = "the-token-of-bob-x";

    [Fact]
    public async Task Queues_that_hold_its_tasks()
    {
        await using var broker = await TestBroker.StartAsync(options => TellApart(options).MaxQueues = 4);
        using var alice = await broker.RawAsync(token: Alice);
        using var bob = await broker.RawAsync(token: Bob);
        CodeOf(await alice.AskAsync(Enqueue("a"))).Should().BeNull();
        CodeOf(await alice.AskAsync(Enqueue("b"))).Should().BeNull();
        var refused = await alice.AskAsync(Enqueue("c"));
        (CodeOf(refused), refused.TryGetProperty("retry_after_ms", out _)).Should().Be(("overloaded", true));
        CodeOf(await alice.AskAsync(Enqueue("a"))).Should().BeNull("it is no other queue");
        CodeOf(await bob.AskAsync(Enqueue("c"))).Should().BeNull();
        CodeOf(await alice.AskAsync(Enqueue("c"))).Should().Be("overloaded", "another's queue takes of one's own share as well");

        await bob.AskAsync("""{"id":"r","action":"ready","payload":{"queue":"b","credit":1}}""");
        var task = (await bob.NextAsync()).GetProperty("task").GetProperty("id").GetString();
        await bob.AskAsync($$$"""{"id":"n","action":"nack","payload":{"queue":"b","taskId":"{{{task}}}","dead_letter":true}}""");
        CodeOf(await alice.AskAsync(Enqueue("c"))).Should().Be("overloaded", "its dead letter is in a queue as well");
        await bob.AskAsync("""{"id":"r","action":"ready","payload":{"queue":"b.dead","credit":1}}""");
        task = (await bob.NextAsync()).GetProperty("task").GetProperty("id").GetString();
        await bob.AskAsync($$$"""{"id":"k","action":"ack","payload":{"queue":"b.dead","taskId":"{{{task}}}"}}""");
        CodeOf(await alice.AskAsync(Enqueue("c"))).Should().BeNull();
    }

    [Fact]
    public async Task Requests_that_wait_for_an_action()
    {
        await using var broker = await TestBroker.StartAsync(options => TellApart(options).MaxQueuedPerAction = 4);
        using var worker = await broker.RawAsync(token: Bob);
        await worker.AskAsync("""{"id":"r","action":"ready","payload":{"actions":["job"],"credit":0}}""");
        using var alice = await broker.RawAsync(token: Alice);
        using var bob = await broker.RawAsync(token: Bob);
        await alice.SendAsync("""[{"id":"1","action":"job"},{"id":"2","action":"job"}]""");
        var refused = await alice.AskAsync("""{"id":"3","action":"job"}""");
        (CodeOf(refused), refused.TryGetProperty("retry_after_ms", out _)).Should().Be(("overloaded", true));
        await bob.SendAsync("""[{"id":"1","action":"job"},{"id":"2","action":"job"},{"id":"h","action":"heartbeat"}]""");
        (await bob.NextAsync()).GetProperty("id").GetString().Should().Be("h", "neither of the others is refused");
        (await alice.AskAsync("""{"action":"cancel","payload":{"id":"1"}}""")).GetProperty("event").GetString().Should().Be("cancelled");
        await alice.SendAsync("""[{"id":"4","action":"job"},{"id":"h","action":"heartbeat"}]""");
        (await alice.NextAsync()).GetProperty("id").GetString().Should().Be("h", "one that waits no more makes room");
    }

    [Fact]
    public async Task Bytes_of_its_tasks_and_of_its_requests_that_wait()
    {
        await using var broker = await TestBroker.StartAsync(options =>
        {
            TellApart(options).MaxQueuedTaskBytes = 8_000;
            options.MaxQueuedRequestBytes = 8_000;
        });
        var large = new string('x', 4_000);
        using var worker = await broker.RawAsync(token: Bob);
        await worker.AskAsync("""{"id":"r","action":"ready","payload":{"actions":["job"],"credit":0}}""");
        using var alice = await broker.RawAsync(token: Alice);
        using var bob = await broker.RawAsync(token: Bob);
        CodeOf(await alice.AskAsync(EnqueueLarge())).Should().BeNull();
        CodeOf(await alice.AskAsync(EnqueueLarge())).Should().Be("overloaded");
        CodeOf(await bob.AskAsync(EnqueueLarge())).Should().BeNull();

        CodeOf(await alice.AskAsync(Request("1", 4_100))).Should().Be("overloaded", "it is more than half");
        await alice.SendAsync(Request("2", 3_900));
        CodeOf(await alice.AskAsync(Request("3", 3_900))).Should().Be("overloaded");
        await bob.SendAsync(Request("2", 3_900));
        (await bob.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h");
        (await alice.AskAsync("""{"action":"cancel","payload":{"id":"2"}}""")).GetProperty("event").GetString().Should().Be("cancelled");
        await alice.SendAsync(Request("4", 3_900));
        (await alice.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h", "what waits no more makes room");

        string EnqueueLarge() => $$$"""{"id":"e","action":"enqueue","payload":{"queue":"q","payload":"{{{large}}}"}}""";

        static string Request(string id, int length) => $$$"""{"id":"{{{id}}}","action":"job","payload":"{{{new string('x', length)}}}"}""";
    }

    [Fact]
    public async Task Sessions_whose_clients_are_away()
    {
        await using var broker = await TestBroker.StartAsync(options => TellApart(options).MaxDetachedSessions = 2, new FakeTimeProvider());
        var first = await BreakAsync(broker, Alice);
        var second = await BreakAsync(broker, Alice);
        var other = await BreakAsync(broker, Bob);
        (await ResumedAsync(broker, Alice, second)).Should().BeFalse();
        (await ResumedAsync(broker, Alice, first)).Should().BeTrue();
        (await ResumedAsync(broker, Bob, other)).Should().BeTrue();
        (await ResumedAsync(broker, Alice, await BreakAsync(broker, Alice))).Should().BeTrue("one that is back makes room");
    }

    [Theory]
    [InlineData("acme", "other", null, 2)]
    [InlineData("acme", "acme", null, 4)]
    [InlineData("acme", "other", 3, 3)]
    public async Task The_share_is_all_where_there_is_one_organisation_half_where_there_are_more_or_what_is_set(string one, string other, int? set, int share)
    {
        await using var broker = await TestBroker.StartAsync(options =>
        {
            TellApart(options, one, other).MaxQueues = 4;
            options.MaxQueuesPerOrg = set;
        });
        using var alice = await broker.RawAsync(token: Alice);
        for (var i = 0; i < share; i++)
        {
            CodeOf(await alice.AskAsync(Enqueue($"q{i}"))).Should().BeNull();
        }

        CodeOf(await alice.AskAsync(Enqueue("more"))).Should().Be("overloaded");
    }

    private static BrokerServerOptions TellApart(BrokerServerOptions options, string one = "acme", string other = "other")
    {
        options.Tokens.Add(new() { Token = Alice, Org = one, User = "alice", Scopes = { "*" } });
        options.Tokens.Add(new() { Token = Bob, Org = other, User = "bob", Scopes = { "*" } });
        return options;
    }

    private static string Enqueue(string queue) => $$$"""{"id":"e","action":"enqueue","payload":{"queue":"{{{queue}}}","payload":1}}""";

    private static string? CodeOf(JsonElement answer) => answer.TryGetProperty("code", out var code) ? code.GetString() : null;

    /// <summary>Begins a session and loses its socket.</summary>
    private static async Task<string> BreakAsync(TestBroker broker, string token)
    {
        var before = broker.Connections.Count;
        using var client = await broker.RawAsync(token: token);
        var begun = await client.AskAsync("""{"id":"0","action":"resume"}""");
        client.Abort();
        await Until.TrueAsync(() => broker.Connections.Count == before);
        return begun.GetProperty("payload").GetProperty("session").GetString()!;
    }

    private static async Task<bool> ResumedAsync(TestBroker broker, string token, string session)
    {
        using var client = await broker.RawAsync(token: token);
        var begun = await client.AskAsync($$$"""{"id":"0","action":"resume","payload":{"session":"{{{session}}}","received":0}}""");
        await client.CloseAsync();
        return begun.GetProperty("payload").GetProperty("resumed").GetBoolean();
    }
}
