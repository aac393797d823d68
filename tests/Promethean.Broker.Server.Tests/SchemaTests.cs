using System.Text.RegularExpressions;

namespace Promethean.Broker.Server.Tests;

public sealed partial class SchemaTests
{
    [Theory]
    [InlineData("""{"id":"1","action":"subscribe","payload":{"topic":"a.*.>"}}""")]
    [InlineData("""[{"action":"publish","payload":{"topic":"a","payload":null}},{"id":"2","action":"heartbeat"}]""")]
    [InlineData("""{"id":"1","action":"any.name","payload":[1],"deadline_ms":10.5,"priority":-3,"unknown":true}""")]
    [InlineData("""{"action":"enqueue","payload":{"queue":"a.dead","payload":null,"dedupe_id":"x y","delay_ms":0.5,"max_attempts":1,"headers":{"h":""}}}""")]
    [InlineData("""{"id":"1","action":"ready","payload":{"queue":"a","credit":0}}""")]
    [InlineData("""[{"action":"ack","payload":{"queue":"a","taskId":"t"}},{"action":"nack","payload":{"queue":"a","taskId":"t","delay_ms":1,"dead_letter":true,"reason":"r"}}]""")]
    public void What_a_client_may_send_conforms(string frame) => WireSchemas.ProblemsOfClient(frame).Should().BeEmpty();

    [Theory]
    [InlineData("42")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":1,"action":"heartbeat"}""")]
    [InlineData("""{"id":"","action":"heartbeat"}""")]
    [InlineData("""{"action":"not a name"}""")]
    [InlineData("""{"action":"subscribe","payload":{}}""")]
    [InlineData("""{"action":"subscribe","payload":{"topic":"a.>.b"}}""")]
    [InlineData("""{"action":"publish","payload":{"topic":"a.*","payload":1}}""")]
    [InlineData("""{"action":"publish","payload":{"topic":"a","payload":1,"headers":{"n":1}}}""")]
    [InlineData("""{"action":"ready","payload":{"actions":["a"]}}""")]
    [InlineData("""{"action":"ready","payload":{"actions":["a"],"credit":-1}}""")]
    [InlineData("""{"action":"respond","payload":{"taskId":"t"}}""")]
    [InlineData("""{"action":"respond","payload":{"taskId":"t","event":"e","body":[]}}""")]
    [InlineData("""{"action":"cancel","payload":{}}""")]
    [InlineData("""{"action":"x","deadline_ms":-1}""")]
    [InlineData("""{"action":"x","priority":1.5}""")]
    [InlineData("""{"action":"enqueue","payload":{"queue":"a"}}""")]
    [InlineData("""{"action":"enqueue","payload":{"queue":"a.*","payload":1}}""")]
    [InlineData("""{"action":"enqueue","payload":{"queue":"a","payload":1,"dedupe_id":""}}""")]
    [InlineData("""{"action":"enqueue","payload":{"queue":"a","payload":1,"delay_ms":86400001}}""")]
    [InlineData("""{"action":"enqueue","payload":{"queue":"a","payload":1,"max_attempts":0}}""")]
    [InlineData("""{"action":"ready","payload":{"queue":"a"}}""")]
    [InlineData("""{"action":"ready","payload":{"queue":"a","credit":1,"lease_ms":0}}""")]
    [InlineData("""{"action":"ready","payload":{"queue":"a","credit":1,"actions":["a"]}}""")]
    [InlineData("""{"action":"ack","payload":{"queue":"a"}}""")]
    [InlineData("""{"action":"nack","payload":{"queue":"a","taskId":"t","dead_letter":1}}""")]
    [InlineData("""{"action":"resume"}""")]
    [InlineData("""{"id":"0","action":"resume","payload":{}}""")]
    [InlineData("""{"id":"0","action":"resume","payload":{"session":"s"}}""")]
    [InlineData("""{"id":"0","action":"resume","payload":{"session":"s","received":-1}}""")]
    [InlineData("""{"action":"received"}""")]
    [InlineData("""{"action":"received","payload":{"seq":0.5}}""")]
    public void What_a_client_may_not_send_does_not_conform(string frame) => WireSchemas.ProblemsOfClient(frame).Should().NotBeEmpty();

    [Theory]
    [InlineData("""{"id":"1","event":"ok"}""")]
    [InlineData("""{"id":null,"event":"ok","final":true}""")]
    [InlineData("""{"id":"1","event":"error","final":true,"code":"odd","message":"m"}""")]
    [InlineData("""{"event":"message","message":{"id":"m","topic":"a.*","ts":1,"payload":1}}""")]
    [InlineData("""{"event":"task-assigned","task":{"id":"t","payload":1,"attempts":1}}""")]
    [InlineData("""{"event":"task-assigned","task":{"id":"t","queue":"q","payload":1,"attempts":1}}""")]
    [InlineData("""{"event":"task-assigned","task":{"id":"t","queue":"q","action":"a","payload":1,"attempts":1,"ts":1}}""")]
    [InlineData("""{"id":"1","event":"chat.delta"}""")]
    [InlineData("""{"id":"1","event":"progress","final":false}""")]
    [InlineData("""{"event":"progress"}""")]
    [InlineData("""{"event":"received"}""")]
    [InlineData("""{"event":"received","seq":-1}""")]
    public void What_a_broker_may_not_send_does_not_conform(string frame) => WireSchemas.ProblemsOfBroker(frame).Should().NotBeEmpty();

    [Fact]
    public void Every_example_of_the_page_conforms()
    {
        var blocks = Block().Matches(Approved.Read(Path.Combine("docs", "api", "broker.md")));
        var examples = blocks.Select(block => (Side: block.Groups[1].Value, Text: block.Groups[2].Value)).ToList();
        examples.Should().HaveCountGreaterThan(20);
        examples.SelectMany(one => one.Side == "client-to-broker" ? WireSchemas.ProblemsOfClient(one.Text) : WireSchemas.ProblemsOfBroker(one.Text))
            .Should().BeEmpty();
    }

    [GeneratedRegex("```json (client-to-broker|broker-to-client)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
