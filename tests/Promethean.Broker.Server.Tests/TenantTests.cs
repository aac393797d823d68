using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>Tokens that say who and what, and the limits of an organisation.</summary>
public sealed class TenantTests
{
    private const string Alice = "the-token-of-alice";
    private const string Bob = "the-token-of-bob-x";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("publish", """{"id":"1","action":"publish","payload":{"topic":"orders.new","payload":1}}""", true)]
    [InlineData("publish:orders.>", """{"id":"1","action":"publish","payload":{"topic":"orders.new","payload":1}}""", true)]
    [InlineData("publish:orders.>", """{"id":"1","action":"publish","payload":{"topic":"orders","payload":1}}""", false)]
    [InlineData("subscribe", """{"id":"1","action":"publish","payload":{"topic":"orders.new","payload":1}}""", false)]
    [InlineData("subscribe:a.*", """{"id":"1","action":"subscribe","payload":{"topic":"a.b"}}""", true)]
    [InlineData("subscribe:a.*", """{"id":"1","action":"subscribe","payload":{"topic":"a.>"}}""", false)]
    [InlineData("subscribe:a.>", """{"id":"1","action":"subscribe","payload":{"topic":"a.*.c"}}""", true)]
    [InlineData("subscribe:a.b", """{"id":"1","action":"subscribe","payload":{"topic":"a.*"}}""", false)]
    [InlineData("enqueue:q", """{"id":"1","action":"enqueue","payload":{"queue":"q","payload":1}}""", true)]
    [InlineData("consume", """{"id":"1","action":"enqueue","payload":{"queue":"q","payload":1}}""", false)]
    [InlineData("enqueue", """{"id":"1","action":"ready","payload":{"queue":"q","credit":1}}""", false)]
    [InlineData("consume:q", """{"id":"1","action":"ready","payload":{"queue":"q","credit":1}}""", true)]
    [InlineData("serve:chat.completion", """{"id":"1","action":"ready","payload":{"actions":["chat.completion"],"credit":1}}""", true)]
    [InlineData("serve:chat.completion", """{"id":"1","action":"ready","payload":{"actions":["chat.completion","tool.invoke"],"credit":1}}""", false)]
    [InlineData("metrics", """{"id":"1","action":"system.metrics"}""", true)]
    [InlineData("request", """{"id":"1","action":"system.metrics"}""", false)]
    [InlineData("*", """{"id":"1","action":"system.metrics"}""", true)]
    [InlineData("publish", """{"id":"1","action":"system.health"}""", true)]
    public async Task A_token_may_do_what_its_scopes_say(string scope, string frame, bool allowed)
    {
        await using var broker = await TestBroker.StartAsync(options => options.Tokens.Add(Access(Alice, "acme", scope)));
        using var client = await RawAsync(broker, Alice);
        CodeOf(await client.AskAsync(frame)).Should().Be(allowed ? null : "forbidden");
    }

    [Fact]
    public async Task A_request_without_the_scope_is_forbidden_and_one_with_it_is_served()
    {
        await using var broker = await TestBroker.StartAsync(options =>
        {
            options.Tokens.Add(Access(Alice, "acme", "serve", "request:job"));
            options.Tokens.Add(Access(Bob, "acme", "publish"));
        });
        using var alice = await RawAsync(broker, Alice);
        await alice.AskAsync("""{"id":"1","action":"ready","payload":{"actions":["job"],"credit":4}}""");
        using var bob = await RawAsync(broker, Bob);
        CodeOf(await bob.AskAsync("""{"id":"1","action":"job"}""")).Should().Be("forbidden");
        (await alice.AskAsync("""{"id":"2","action":"job"}""")).GetProperty("event").GetString().Should().Be("task-assigned");
    }

    [Fact]
    public async Task Without_the_scope_nobody_learns_which_actions_there_are()
    {
        await using var broker = await TestBroker.StartAsync(options =>
        {
            options.Tokens.Add(Access(Alice, "acme", "*"));
            options.Tokens.Add(Access(Bob, "acme", "request:else"));
        });
        using var alice = await RawAsync(broker, Alice);
        await alice.AskAsync("""{"id":"1","action":"ready","payload":{"actions":["job"],"credit":4}}""");
        using var bob = await RawAsync(broker, Bob);
        var there = await bob.AskAsync("""{"id":"1","action":"job"}""");
        var absent = await bob.AskAsync("""{"id":"1","action":"boj"}""");
        absent.GetRawText().Should().Be(there.GetRawText().Replace("job", "boj", StringComparison.Ordinal));
        CodeOf(absent).Should().Be("forbidden");
        CodeOf(await bob.AskAsync("""{"id":"1","action":"boj","deadline_ms":0}""")).Should().Be("forbidden");
    }

    [Fact]
    public async Task An_organisation_has_its_connections_and_no_more()
    {
        await using var broker = await TestBroker.StartAsync(options =>
        {
            options.MaxConnectionsPerOrg = 1;
            options.Tokens.Add(Access(Alice, "acme", "*"));
            options.Tokens.Add(Access(Bob, "other", "*"));
        });
        var alice = await RawAsync(broker, Alice);
        var again = async () => await RawAsync(broker, Alice);
        (await again.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain("429");
        using var bob = await RawAsync(broker, Bob);
        await alice.CloseAsync();
        await Until.TrueAsync(() => broker.Connections.Count == 1);
    }

    [Fact]
    public async Task The_requests_of_an_organisation_are_counted_over_its_connections()
    {
        await using var broker = await TestBroker.StartAsync(options =>
        {
            options.MaxRequestsPerOrg = 1;
            options.Tokens.Add(Access(Alice, "acme", "*"));
            options.Tokens.Add(Access(Bob, "other", "*"));
        });
        using var worker = await RawAsync(broker, Bob);
        await worker.AskAsync("""{"id":"1","action":"ready","payload":{"actions":["job"],"credit":4}}""");
        using var first = await RawAsync(broker, Alice);
        await first.SendAsync("""{"id":"a","action":"job"}""");
        var task = (await worker.NextAsync()).GetProperty("task").GetProperty("id").GetString();
        using var second = await RawAsync(broker, Alice);
        var refused = await second.AskAsync("""{"id":"b","action":"job"}""");
        (CodeOf(refused), refused.TryGetProperty("retry_after_ms", out _)).Should().Be(("overloaded", true));
        await worker.SendAsync($$$"""{"action":"respond","payload":{"taskId":"{{{task}}}","event":"done","final":true}}""");
        (await first.NextAsync()).GetProperty("event").GetString().Should().Be("done");
        await second.SendAsync("""{"id":"c","action":"job"}""");
        (await worker.NextAsync()).GetProperty("event").GetString().Should().Be("task-assigned");
    }

    [Fact]
    public async Task A_flood_is_told_when_to_come_back_and_others_do_not_feel_it()
    {
        var time = new FakeTimeProvider();
        await using var broker = await TestBroker.StartAsync(
            options =>
            {
                options.MaxFramesPerSecondPerOrg = 10;
                options.Tokens.Add(Access(Alice, "acme", "*"));
                options.Tokens.Add(Access(Bob, "other", "*"));
            },
            time);
        using var alice = await RawAsync(broker, Alice);
        for (var i = 0; i < 10; i++)
        {
            CodeOf(await alice.AskAsync("""{"id":"1","action":"heartbeat"}""")).Should().BeNull();
        }

        var refused = await alice.AskAsync("""{"id":"1","action":"heartbeat"}""");
        (CodeOf(refused), refused.GetProperty("retry_after_ms").GetInt32()).Should().Be(("overloaded", 100));
        using var bob = await RawAsync(broker, Bob);
        CodeOf(await bob.AskAsync("""{"id":"1","action":"heartbeat"}""")).Should().BeNull();
        time.Advance(TimeSpan.FromMilliseconds(100));
        CodeOf(await alice.AskAsync("""{"id":"1","action":"heartbeat"}""")).Should().BeNull();
        CodeOf(await alice.AskAsync("""{"id":"1","action":"heartbeat"}""")).Should().Be("overloaded");
    }

    [Theory]
    [InlineData("short", "publish", "Tokens[0].Token")]
    [InlineData("a-long-enough-token", "delete", "'delete'")]
    [InlineData("a-long-enough-token", "publish:no good", "'publish:no good'")]
    public async Task A_token_that_cannot_be_is_refused_at_the_start_without_being_shown(string token, string scope, string named)
    {
        var starting = async () => await TestBroker.StartAsync(options => options.Tokens.Add(Access(token, "acme", scope)));
        var failure = await starting.Should().ThrowAsync<Exception>();
        failure.Which.Message.Should().Contain(named).And.NotContain(token == "short" ? "'short'" : token);
    }

    private static BrokerAccessToken Access(string token, string org, params string[] scopes)
    {
        var access = new BrokerAccessToken { Token = token, Org = org, User = token };
        foreach (var scope in scopes)
        {
            access.Scopes.Add(scope);
        }

        return access;
    }

    private static Task<RawClient> RawAsync(TestBroker broker, string token) => broker.RawAsync(token: token);

    private static string? CodeOf(JsonElement answer) => answer.TryGetProperty("code", out var code) ? code.GetString() : null;
}
