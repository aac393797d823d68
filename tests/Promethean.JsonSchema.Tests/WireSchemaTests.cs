using System.Text;

namespace Promethean.JsonSchema.Tests;

/// <summary>The schemas of the broker's wire, read as files: what this package is for.</summary>
public sealed class WireSchemaTests
{
    public static JsonSchemaValidator ClientToBroker { get; } = Load("client-to-broker");

    public static JsonSchemaValidator BrokerToClient { get; } = Load("broker-to-client");

    [Theory]
    [InlineData("""{"action":"subscribe","payload":{"topic":"crawl.*.>"}}""")]
    [InlineData("""[{"action":"heartbeat"},{"id":"1","action":"chat.completion","payload":{"any":"thing"},"priority":3}]""")]
    [InlineData("""{"id":"a","action":"ready","payload":{"actions":["chat.completion"],"credit":4.0}}""")]
    public void A_frame_of_a_client_is_accepted(string frame) => ClientToBroker.Evaluate(Utf8(frame)).Summary.Should().BeNull();

    [Theory]
    [InlineData("""{"id":"1","event":"ok","final":true}""")]
    [InlineData("""{"event":"message","message":{"id":"m","topic":"a.b","ts":1,"payload":null}}""")]
    public void A_frame_of_a_broker_is_accepted(string frame) => BrokerToClient.Evaluate(Utf8(frame)).Summary.Should().BeNull();

    [Theory]
    [InlineData("""{"id":"1","action":"publish","payload":{"topic":"a..b","payload":1}}""", "/payload/topic: is the string \"a..b\", which does not match ^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$ (*)")]
    [InlineData("""{"id":"1","action":"publish","payload":{"topic":"a"}}""", "/payload: lacks the member \"payload\"")]
    [InlineData("""{"id":5,"action":"publish","payload":{"topic":"a","payload":1}}""", "/id: is the number 5, but must be a string*")]
    [InlineData("""{"action":"enqueue","payload":{"queue":"q","payload":1,"max_attempts":1.5}}""", "/payload/max_attempts: is the number 1.5, but must be an integer*")]
    [InlineData("""[]""", "(the whole): is an array of 0 items, but must have at least 1")]
    public void The_first_error_of_a_wrong_frame_is_about_the_alternative_that_was_meant(string frame, string expected)
    {
        ClientToBroker.IsValid(Utf8(frame)).Should().BeFalse();
        ClientToBroker.FirstError(Utf8(frame)).Should().Match(expected.Replace("[", "?", StringComparison.Ordinal));
    }

    [Fact]
    public void The_alternative_named_by_a_frame_is_taken_by_its_place()
    {
        var publish = ClientToBroker.At("/$defs/publish");
        publish.Location.Should().Be("urn:promethean:broker:client-to-broker:1#/$defs/publish");
        publish.IsValid(Utf8("""{"action":"publish","payload":{"topic":"a","payload":1}}""")).Should().BeTrue();
        publish.IsValid(Utf8("""{"action":"cancel","payload":{"id":"1"}}""")).Should().BeFalse();
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static JsonSchemaValidator Load(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Promethean.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("These tests read the repository: run them from a build inside it.");
        return JsonSchemaValidator.Compile(File.ReadAllBytes(Path.Combine(folder.FullName, "src", "Promethean.Broker", "Schemas", $"{name}.schema.json")));
    }
}
