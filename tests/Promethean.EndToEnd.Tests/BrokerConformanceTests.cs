using Promethean.Broker;
using Promethean.Broker.Server.Tests;
using Promethean.Broker.Testing;

namespace Promethean.EndToEnd.Tests;

/// <summary>The contract between clients here and a broker in another process.</summary>
/// <remarks>The broker is one for all cases, which leave nothing behind that another would meet.</remarks>
[Trait("Category", "Integration")]
public sealed class BrokerConformanceTests(BrokerProcess broker) : IClassFixture<BrokerProcess>
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(1);

    private readonly RecordedFrames _frames = new();

    public static TheoryData<string> ClientCases => [.. BrokerClientConformance.Cases.Select(one => one.Name)];

    public static TheoryData<string> QueueCases => [.. BrokerQueueConformance.Cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(ClientCases))]
    public Task A_broker_in_another_process_keeps_the_contract(string name) =>
        RunAsync(guard => BrokerClientConformance.Get(name).Run(() => new(Client()), guard));

    [Theory]
    [MemberData(nameof(QueueCases))]
    public Task A_broker_in_another_process_keeps_the_contract_of_queues(string name) =>
        RunAsync(guard => BrokerQueueConformance.Get(name).Run(() => new(Client()), guard));

    [Fact]
    public async Task What_the_clients_say_and_hear_is_recorded_to_be_checked()
    {
        await using var client = Client();
        await client.SubscribeAsync("recorded", (_, _) => default, cancellationToken: TestContext.Current.CancellationToken);
        _frames.Sent.Should().Contain(frame => frame.Contains("\"subscribe\"", StringComparison.Ordinal));
        _frames.Received.Should().Contain(frame => frame.Contains("\"ok\"", StringComparison.Ordinal));
    }

    private async Task RunAsync(Func<CancellationToken, Task> run)
    {
        using var guard = new CancellationTokenSource(HangGuard, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, TestContext.Current.CancellationToken);
        await run(either.Token);
        _frames.Problems().Should().BeEmpty("every frame conforms to the published schemas");
    }

    private WebSocketBrokerClient Client() => new(new BrokerOptions { Url = broker.Url, DisconnectedTimeout = HangGuard }.RecordedBy(_frames));
}
