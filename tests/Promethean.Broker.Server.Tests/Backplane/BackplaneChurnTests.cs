namespace Promethean.Broker.Server.Tests;

public sealed class BackplaneChurnTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_that_come_and_go_leave_others_of_the_same_topic_their_subscription()
    {
        await using var brokers = await BrokerPair.StartAsync();
        using var staying = await brokers.A.RawAsync();
        await staying.AskAsync("""{"id":"s","action":"subscribe","payload":{"topic":"t"}}""");
        for (var i = 0; i < 50; i++)
        {
            using var passing = await brokers.A.RawAsync();
            await passing.AskAsync("""{"id":"s","action":"subscribe","payload":{"topic":"t"}}""");
            await passing.CloseAsync();
        }

        await Until.TrueAsync(() => brokers.A.Connections.Count == 1);
        await brokers.B.Client().PublishAsync("t", JsonPayload.Parse("1"), cancellationToken: Token);
        (await staying.NextAsync()).GetProperty("message").GetProperty("payload").GetInt32().Should().Be(1);
    }
}
