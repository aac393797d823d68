using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Cursors;

/// <summary>How long a cursor lives ("Cursors" in MongoDB's manual), on a clock of the test's own.</summary>
[Trait("Category", "Integration")]
public sealed class CursorTimeoutTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private EmbeddedMongoServer _server = null!;
    private MongoClient _client = null!;
    private IMongoDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { TimeProvider = _time }, Cancel);
        _client = new MongoClient(_server.ConnectionString);
        _database = _client.GetDatabase("cursors");
        await _database.GetCollection<BsonDocument>("c").InsertManyAsync(Enumerable.Range(0, 10).Select(i => new BsonDocument("_id", i)), cancellationToken: Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task An_unused_cursor_is_gone_after_ten_minutes_and_each_batch_begins_them_anew()
    {
        var id = await OpenAsync("{ find: 'c', batchSize: 2 }");

        _time.Advance(TimeSpan.FromMinutes(9));
        (await CodeOfNextAsync(id)).Should().Be(0);
        _time.Advance(TimeSpan.FromMinutes(9));
        (await CodeOfNextAsync(id)).Should().Be(0);
        _time.Advance(TimeSpan.FromMinutes(11));
        (await CodeOfNextAsync(id)).Should().Be(43);
    }

    [Fact]
    public async Task A_cursor_without_timeout_stays()
    {
        var id = await OpenAsync("{ find: 'c', batchSize: 2, noCursorTimeout: true }");

        _time.Advance(TimeSpan.FromMinutes(25));

        (await CodeOfNextAsync(id)).Should().Be(0);
    }

    private async Task<BsonValue> OpenAsync(string find) =>
        (await _database.RunCommandAsync<BsonDocument>(find, cancellationToken: Cancel))["cursor"]["id"];

    private async Task<int> CodeOfNextAsync(BsonValue id)
    {
        try
        {
            await _database.RunCommandAsync<BsonDocument>(new BsonDocument { { "getMore", id }, { "collection", "c" }, { "batchSize", 1 } }, cancellationToken: Cancel);
            return 0;
        }
        catch (MongoCommandException refused)
        {
            return refused.Code;
        }
    }
}
