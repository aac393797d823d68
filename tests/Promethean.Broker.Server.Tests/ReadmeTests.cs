using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Promethean.Broker.Server.Tests;

[Trait("Category", "Integration")]
public sealed class ReadmeTests : IDisposable
{
    public void Dispose() => ReadmeExamples.Frames.Problems().Should().BeEmpty("every frame conforms to the published schemas");

    [Fact]
    public async Task The_servers_example_prints_what_its_readme_says() => (await ReadmeExamples.ServeAsync())
        .Should().MatchRegex(@"^BrokerReply \{ Event = ok, Body = \{""payload"":\{""status"":""ok"",""uptime_ms"":\d+\}\}, IsFinal = True \}$");

    [Fact]
    public async Task The_tokens_of_the_configuration_that_the_servers_readme_shows_hold()
    {
        var readme = Approved.Read(Path.Combine("src", "Promethean.Broker.Server", "README.md"));
        var json = readme.Split("```json\n")[1].Split("```")[0];
        await using var app = await ReadmeExamples.BindAsync(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        var options = new BrokerOptions { Url = new(app.Urls.Single().Replace("http://", "ws://", StringComparison.Ordinal)), Token = "at-least-16-characters" };
        await using var client = await WebSocketBrokerClient.ConnectAsync(options, cancellationToken: TestContext.Current.CancellationToken);
        await client.PublishAsync("orders.new", default, cancellationToken: TestContext.Current.CancellationToken);
        var other = async () => await client.PublishAsync("bills.new", default, cancellationToken: TestContext.Current.CancellationToken);
        (await other.Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Forbidden);
        app.Services.GetRequiredService<BrokerServerOptions>().MaxConnectionsPerOrg.Should().Be(100);
    }

    [Fact]
    public async Task The_clients_example_prints_what_its_readme_says() => (await ReadmeExamples.ConnectAsync()).Split('\n')
        .Should().BeEquivalentTo("greetings.en: \"hello\"", "shouted: {\"text\":\"HI\"}");

    [Fact]
    public async Task The_queues_example_prints_its_task() => (await ReadmeExamples.ConsumeAsync()).Should().Be("\"https://example.com/\", attempt 1");
}
