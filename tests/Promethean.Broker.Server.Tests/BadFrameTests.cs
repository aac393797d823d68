using System.Net.WebSockets;
using System.Text.Json;

namespace Promethean.Broker.Server.Tests;

/// <summary>What no schema allows, or nobody can do: the right code each, and nobody else notices.</summary>
public sealed class BadFrameTests
{
    [Theory]
    [InlineData("not json", null)]
    [InlineData("", null)]
    [InlineData("{\"action\":", null)]
    [InlineData("{} {}", null)]
    [InlineData("42", null)]
    [InlineData("[]", null)]
    [InlineData("[1]", null)]
    [InlineData("{}", null)]
    [InlineData("""{"id":1,"action":"heartbeat"}""", null)]
    [InlineData("""{"id":"","action":"heartbeat"}""", null)]
    [InlineData("""{"id":"\ud800","action":"heartbeat"}""", null)]
    [InlineData("""{"id":"a"}""", "a")]
    [InlineData("""{"id":"a","action":7}""", "a")]
    [InlineData("""{"id":"a","action":"no good"}""", "a")]
    [InlineData("""{"id":"a","action":"subscribe"}""", "a")]
    [InlineData("""{"id":"a","action":"subscribe","payload":[]}""", "a")]
    [InlineData("""{"id":"a","action":"subscribe","payload":{"topic":"a..b"}}""", "a")]
    [InlineData("""{"id":"a","action":"unsubscribe","payload":{"topic":7}}""", "a")]
    [InlineData("""{"id":"a","action":"publish","payload":{"topic":"a.*","payload":1}}""", "a")]
    [InlineData("""{"id":"a","action":"publish","payload":{"topic":"a"}}""", "a")]
    [InlineData("""{"id":"a","action":"publish","payload":{"topic":"a","payload":1,"headers":{"h":1}}}""", "a")]
    [InlineData("""{"id":"a","action":"publish","payload":{"topic":"a","payload":1,"headers":{"h":"\udc00"}}}""", "a")]
    [InlineData("""{"id":"a","action":"ready","payload":{"actions":["x"]}}""", "a")]
    [InlineData("""{"id":"a","action":"ready","payload":{"actions":[1],"credit":1}}""", "a")]
    [InlineData("""{"id":"a","action":"ready","payload":{"actions":["x"],"credit":1000000}}""", "a")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q"}}""", "a")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q.*","credit":1}}""", "a")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q","credit":-1}}""", "a")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q","credit":65537}}""", "a")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q","credit":1,"lease_ms":0}}""", "a")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q","credit":1,"lease_ms":1e9}}""", "a")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q","credit":1,"worker":""}}""", "a")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q","credit":1,"actions":["x"]}}""", "a")]
    [InlineData("""{"id":"a","action":"respond","payload":{"event":"x"}}""", "a")]
    [InlineData("""{"id":"a","action":"cancel","payload":{}}""", "a")]
    [InlineData("""{"id":"a","action":"enqueue"}""", "a")]
    [InlineData("""{"id":"a","action":"enqueue","payload":[]}""", "a")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q"}}""", "a")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q..r","payload":1}}""", "a")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"dedupe_id":""}}""", "a")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"dedupe_id":7}}""", "a")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"delay_ms":-1}}""", "a")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"delay_ms":1e999}}""", "a")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"delay_ms":[1]}}""", "a")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"max_attempts":0}}""", "a")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"headers":[]}}""", "a")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"headers":{"h":{"i":1}}}}""", "a")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"headers":{"h":"\udc00"}}}""", "a")]
    [InlineData("""{"id":"a","action":"ack","payload":{"queue":"q"}}""", "a")]
    [InlineData("""{"id":"a","action":"ack","payload":{"queue":"q","taskId":1}}""", "a")]
    [InlineData("""{"id":"a","action":"nack","payload":{"taskId":"t"}}""", "a")]
    [InlineData("""{"id":"a","action":"nack","payload":{"queue":"q","taskId":"t","delay_ms":"soon"}}""", "a")]
    [InlineData("""{"id":"a","action":"nack","payload":{"queue":"q","taskId":"t","dead_letter":1}}""", "a")]
    [InlineData("""{"id":"a","action":"nack","payload":{"queue":"q","taskId":"t","reason":7}}""", "a")]
    public async Task What_no_schema_allows_is_an_invalid_request_and_the_connection_stays(string frame, string? id)
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        AssertIsError(await client.AskWrongAsync(frame), id, "invalid_request");
        (await client.AskAsync("""{"id":"after","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("after");
    }

    [Theory]
    [InlineData("""{"id":"a","action":"heartbeat","deadline_ms":"soon"}""", "invalid_request")]
    [InlineData("""{"id":"a","action":"heartbeat","deadline_ms":-1}""", "invalid_request")]
    [InlineData("""{"id":"a","action":"heartbeat","priority":1.5}""", "invalid_request")]
    [InlineData("""{"id":"a","action":"ready","payload":{"actions":["publish"],"credit":1}}""", "invalid_request")]
    [InlineData("""{"id":"a","action":"respond","payload":{"taskId":"nobody's","event":"x"}}""", "not_found")]
    [InlineData("""{"id":"a","action":"ack","payload":{"queue":"q","taskId":"nobody's"}}""", "not_found")]
    [InlineData("""{"id":"a","action":"nack","payload":{"queue":"q","taskId":"nobody's"}}""", "not_found")]
    [InlineData("""{"id":"a","action":"never.registered"}""", "no_responders")]
    public async Task What_conforms_and_cannot_be_done_gets_its_code_and_the_connection_stays(string frame, string code)
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        AssertIsError(await client.AskAsync(frame), "a", code);
        (await client.AskAsync("""{"id":"after","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("after");
    }

    [Theory]
    [InlineData("0.001", "invalid_request")]
    [InlineData("99.9", "invalid_request")]
    [InlineData("100", null)]
    public async Task A_lease_has_a_least_length(string lease, string? code)
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        var frame = $$$"""{"id":"a","action":"ready","payload":{"queue":"q","credit":1,"lease_ms":{{{lease}}}}}""";
        var answer = code is null ? await client.AskAsync(frame) : await client.AskWrongAsync(frame);
        (answer.TryGetProperty("code", out var told) ? told.GetString() : null).Should().Be(code);
        answer.GetRawText().Contains("lease_ms", StringComparison.Ordinal).Should().Be(code is not null, "a refusal names the place");
    }

    [Fact]
    public async Task Nesting_beyond_the_limit_is_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        var deep = new string('[', 100) + new string(']', 100);
        var answer = await client.AskWrongAsync($$$"""{"id":"a","action":"publish","payload":{"topic":"a","payload":{{{deep}}}}}""");
        answer.GetProperty("code").GetString().Should().Be("invalid_request");
    }

    [Fact]
    public async Task An_array_is_taken_whole_or_not_at_all()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        await client.AskAsync("""{"id":"s","action":"subscribe","payload":{"topic":"t"}}""");
        var answer = await client.AskWrongAsync("""[{"action":"publish","payload":{"topic":"t","payload":1}},{"action":]""");
        answer.GetProperty("event").GetString().Should().Be("error");
        (await client.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h", "no message came before it");
    }

    [Fact]
    public async Task A_bad_frame_without_an_id_is_not_answered_when_its_action_is_known()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        await client.SendWrongAsync("""{"action":"publish","payload":{"topic":"no good","payload":1}}""");
        await client.SendAsync("""{"action":"nobody.serves.this"}""");
        (await client.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h");
    }

    [Theory]
    [InlineData("too large", WebSocketCloseStatus.MessageTooBig, "too_large")]
    [InlineData("binary", WebSocketCloseStatus.InvalidMessageType, "invalid_request")]
    [InlineData("not utf-8", WebSocketCloseStatus.InvalidPayloadData, "invalid_request")]
    public async Task What_is_no_frame_at_all_gets_an_error_and_costs_the_connection_alone(string what, WebSocketCloseStatus status, string code)
    {
        await using var broker = await TestBroker.StartAsync(options => options.MaxFrameBytes = 1000);
        using var other = await broker.RawAsync();
        using var client = await broker.RawAsync();
        await (what switch
        {
            "too large" => client.SendWrongAsync(new string(' ', 100_000)),
            "binary" => client.SendAsync([1, 2, 3], WebSocketMessageType.Binary),
            _ => client.SendWrongAsync([(byte)'"', 0xFF, (byte)'"']),
        });
        (await client.NextAsync()).GetProperty("code").GetString().Should().Be(code);
        (await client.ReadAsync()).Should().BeNull();
        client.CloseStatus.Should().Be(status);
        (await other.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("event").GetString().Should().Be("ok");
    }

    private static void AssertIsError(JsonElement answer, string? id, string code)
    {
        answer.GetProperty("event").GetString().Should().Be("error");
        answer.GetProperty("id").GetString().Should().Be(id);
        answer.GetProperty("code").GetString().Should().Be(code);
    }
}
