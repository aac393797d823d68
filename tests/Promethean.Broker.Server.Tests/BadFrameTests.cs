using System.Net.WebSockets;
using System.Text;

namespace Promethean.Broker.Server.Tests;

/// <summary>What no schema allows: the right code each, and nobody else notices.</summary>
public sealed class BadFrameTests
{
    [Theory]
    [InlineData("not json", null, "invalid_request")]
    [InlineData("", null, "invalid_request")]
    [InlineData("{\"action\":", null, "invalid_request")]
    [InlineData("{} {}", null, "invalid_request")]
    [InlineData("42", null, "invalid_request")]
    [InlineData("[]", null, "invalid_request")]
    [InlineData("[1]", null, "invalid_request")]
    [InlineData("{}", null, "invalid_request")]
    [InlineData("""{"id":1,"action":"heartbeat"}""", null, "invalid_request")]
    [InlineData("""{"id":"","action":"heartbeat"}""", null, "invalid_request")]
    [InlineData("""{"id":"\ud800","action":"heartbeat"}""", null, "invalid_request")]
    [InlineData("""{"id":"a"}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":7}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"no good"}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"heartbeat","deadline_ms":"soon"}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"heartbeat","deadline_ms":-1}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"heartbeat","priority":1.5}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"subscribe"}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"subscribe","payload":[]}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"subscribe","payload":{"topic":"a..b"}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"unsubscribe","payload":{"topic":7}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"publish","payload":{"topic":"a.*","payload":1}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"publish","payload":{"topic":"a"}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"publish","payload":{"topic":"a","payload":1,"headers":{"h":1}}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"publish","payload":{"topic":"a","payload":1,"headers":{"h":"\udc00"}}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ready","payload":{"actions":["x"]}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ready","payload":{"actions":["publish"],"credit":1}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ready","payload":{"actions":[1],"credit":1}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ready","payload":{"actions":["x"],"credit":1000000}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q"}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q.*","credit":1}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q","credit":-1}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q","credit":65537}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q","credit":1,"lease_ms":0}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q","credit":1,"lease_ms":1e9}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q","credit":1,"worker":""}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ready","payload":{"queue":"q","credit":1,"actions":["x"]}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"respond","payload":{"event":"x"}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"respond","payload":{"taskId":"nobody's","event":"x"}}""", "a", "not_found")]
    [InlineData("""{"id":"a","action":"cancel","payload":{}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"enqueue"}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"enqueue","payload":[]}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q"}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q..r","payload":1}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"dedupe_id":""}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"dedupe_id":7}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"delay_ms":-1}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"delay_ms":1e999}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"delay_ms":[1]}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"max_attempts":0}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"headers":[]}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"headers":{"h":{"i":1}}}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"enqueue","payload":{"queue":"q","payload":1,"headers":{"h":"\udc00"}}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ack","payload":{"queue":"q"}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ack","payload":{"queue":"q","taskId":1}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"ack","payload":{"queue":"q","taskId":"nobody's"}}""", "a", "not_found")]
    [InlineData("""{"id":"a","action":"nack","payload":{"taskId":"t"}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"nack","payload":{"queue":"q","taskId":"t","delay_ms":"soon"}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"nack","payload":{"queue":"q","taskId":"t","dead_letter":1}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"nack","payload":{"queue":"q","taskId":"t","reason":7}}""", "a", "invalid_request")]
    [InlineData("""{"id":"a","action":"nack","payload":{"queue":"q","taskId":"nobody's"}}""", "a", "not_found")]
    [InlineData("""{"id":"a","action":"never.registered"}""", "a", "no_responders")]
    public async Task A_bad_frame_gets_its_code_and_the_connection_stays(string frame, string? id, string code)
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await RawWithoutSchemaAsync(broker);
        var answer = await client.AskAsync(frame);
        answer.GetProperty("event").GetString().Should().Be("error");
        answer.GetProperty("id").GetString().Should().Be(id);
        answer.GetProperty("code").GetString().Should().Be(code);
        WireSchemas.ProblemsOfBroker(answer.GetRawText()).Should().BeEmpty();
        (await client.AskAsync("""{"id":"after","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("after");
    }

    [Fact]
    public async Task Nesting_beyond_the_limit_is_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await RawWithoutSchemaAsync(broker);
        var deep = new string('[', 100) + new string(']', 100);
        var answer = await client.AskAsync($$$"""{"id":"a","action":"publish","payload":{"topic":"a","payload":{{{deep}}}}}""");
        answer.GetProperty("code").GetString().Should().Be("invalid_request");
    }

    [Fact]
    public async Task An_array_is_taken_whole_or_not_at_all()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await RawWithoutSchemaAsync(broker);
        await client.AskAsync("""{"id":"s","action":"subscribe","payload":{"topic":"t"}}""");
        var answer = await client.AskAsync("""[{"action":"publish","payload":{"topic":"t","payload":1}},{"action":]""");
        answer.GetProperty("event").GetString().Should().Be("error");
        (await client.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("h", "no message came before it");
    }

    [Fact]
    public async Task A_bad_frame_without_an_id_is_not_answered_when_its_action_is_known()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await RawWithoutSchemaAsync(broker);
        await client.SendAsync("""{"action":"publish","payload":{"topic":"no good","payload":1}}""");
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
        using var client = await RawWithoutSchemaAsync(broker);
        await (what switch
        {
            "too large" => client.SendAsync(Encoding.UTF8.GetBytes(new string(' ', 100_000)), WebSocketMessageType.Text),
            "binary" => client.SendAsync([1, 2, 3], WebSocketMessageType.Binary),
            _ => client.SendAsync([(byte)'"', 0xFF, (byte)'"'], WebSocketMessageType.Text),
        });
        (await client.NextAsync()).GetProperty("code").GetString().Should().Be(code);
        (await client.ReadAsync()).Should().BeNull();
        client.CloseStatus.Should().Be(status);
        (await other.AskAsync("""{"id":"h","action":"heartbeat"}""")).GetProperty("event").GetString().Should().Be("ok");
    }

    private static async Task<RawClient> RawWithoutSchemaAsync(TestBroker broker) =>
        new(await broker.ConnectUnrecordedAsync(new("ws://localhost/"), null, default));
}
