namespace Promethean.Broker.Server.Tests;

[Trait("Category", "Integration")]
public sealed class ReadmeTests : IDisposable
{
    public void Dispose() => ReadmeExamples.Frames.Problems().Should().BeEmpty("every frame conforms to the published schemas");

    [Fact]
    public async Task The_servers_example_prints_what_its_readme_says() => (await ReadmeExamples.ServeAsync())
        .Should().MatchRegex(@"^BrokerReply \{ Event = ok, Body = \{""payload"":\{""status"":""ok"",""uptime_ms"":\d+\}\}, IsFinal = True \}$");

    [Fact]
    public async Task The_clients_example_prints_what_its_readme_says() => (await ReadmeExamples.ConnectAsync()).Split('\n')
        .Should().BeEquivalentTo("greetings.en: \"hello\"", "shouted: {\"text\":\"HI\"}");

    [Fact]
    public async Task The_queues_example_prints_its_task() => (await ReadmeExamples.ConsumeAsync()).Should().Be("\"https://example.com/\", attempt 1");
}
