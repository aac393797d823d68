using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.FailPoints;

/// <summary>Who may switch fail points on, and by which clock they block.</summary>
[Trait("Category", "Integration")]
public sealed class TestCommandTests
{
    [Fact]
    public async Task A_server_without_test_commands_does_not_know_configureFailPoint()
    {
        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { EnableTestCommands = false }, TestContext.Current.CancellationToken);
        using var client = new MongoClient(server.ConnectionString);

        var refused = await client.GetDatabase("admin").Awaiting(admin => admin.RunCommandAsync<BsonDocument>(
            "{ configureFailPoint: 'failCommand', mode: 'off' }", cancellationToken: TestContext.Current.CancellationToken)).Should().ThrowAsync<MongoCommandException>();

        refused.Which.Code.Should().Be(59);
    }

    [Fact]
    public async Task A_blocked_command_waits_by_the_clock_of_the_server()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { TimeProvider = time }, TestContext.Current.CancellationToken);
        using var client = new MongoClient(server.ConnectionString);
        await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(
            "{ configureFailPoint: 'failCommand', mode: { times: 1 }, data: { failCommands: ['ping'], blockConnection: true, blockTimeMS: 3600000 } }",
            cancellationToken: TestContext.Current.CancellationToken);

        var blocked = client.GetDatabase("test").RunCommandAsync<BsonDocument>("{ ping: 1 }", cancellationToken: TestContext.Current.CancellationToken);
        var spared = await client.GetDatabase("test").RunCommandAsync<BsonDocument>("{ buildInfo: 1 }", cancellationToken: TestContext.Current.CancellationToken);
        var before = blocked.IsCompleted;
        await Eventually.HoldsAsync(
            () =>
            {
                // The command may not have begun to wait yet: another half hour until it has, and has waited its hour.
                time.Advance(TimeSpan.FromMinutes(30));
                return Task.FromResult(blocked.IsCompleted);
            },
            TestContext.Current.CancellationToken);

        before.Should().BeFalse();
        spared["ok"].ToDouble().Should().Be(1);
        (await blocked)["ok"].ToDouble().Should().Be(1);
    }
}
