namespace Promethean.Broker.Testing.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public async Task The_readmes_example_does_what_it_says()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var output = new StringWriter();

        await using var broker = new InMemoryBroker();
        var publisher = broker.Connect();
        var subscriber = broker.Connect();

        var seen = new List<string>();
        await subscriber.SubscribeAsync("page.*", (message, _) => { seen.Add(message.Topic); return default; }, cancellationToken: cancellationToken);
        await publisher.PublishAsync("page.fetched", JsonPayload.Parse("""{"url":"https://example.com/"}"""), cancellationToken: cancellationToken);

        await output.WriteLineAsync($"{string.Join(", ", seen)}; delivered: {broker.Counters.Delivered}");

        output.ToString().TrimEnd().Should().Be("page.fetched; delivered: 1");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task My_client_keeps_the_contract(string name)
    {
        using var guard = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        await using var broker = new InMemoryBroker();
        await BrokerClientConformance.Get(name).Run(() => new(broker.Connect()), guard.Token);
    }

    public static TheoryData<string> Cases => [.. BrokerClientConformance.Cases.Take(1).Select(one => one.Name)];
}
