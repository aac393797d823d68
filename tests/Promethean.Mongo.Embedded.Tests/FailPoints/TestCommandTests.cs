using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.FailPoints;

/// <summary>Who may switch fail points on.</summary>
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
}
