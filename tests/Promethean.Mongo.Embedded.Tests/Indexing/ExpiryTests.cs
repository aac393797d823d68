using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Indexing;

/// <summary>Documents that expire: "TTL Indexes" in MongoDB's manual. On a clock of the test's own, so on no real replica set.</summary>
[Trait("Category", "Integration")]
public sealed class ExpiryTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private EmbeddedMongoServer _server = null!;
    private MongoClient _client = null!;
    private IMongoCollection<BsonDocument> _collection = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { TimeProvider = _time }, Cancel);
        _client = new MongoClient(_server.ConnectionString);
        _collection = _client.GetDatabase("expiry").GetCollection<BsonDocument>("things");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_document_goes_once_its_time_is_over_and_not_before()
    {
        await CreateAsync("{ at: 1 }", 120);
        await _collection.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "at", Now } }, cancellationToken: Cancel);

        await PassAsync(TimeSpan.FromSeconds(60));
        var before = await IdsAsync();
        await PassAsync(TimeSpan.FromSeconds(60));
        var after = await IdsAsync();

        before.Should().Equal(1);
        after.Should().BeEmpty();
    }

    [Fact]
    public async Task Nothing_but_dates_expires_and_in_an_array_the_earliest_counts()
    {
        await CreateAsync("{ at: -1 }", 0);
        await _collection.InsertManyAsync(
            [
                new BsonDocument { { "_id", 1 }, { "at", Now } },
                new BsonDocument { { "_id", 2 }, { "at", Now.AddDays(1) } },
                new BsonDocument { { "_id", 3 }, { "at", 5 } },
                new BsonDocument { { "_id", 4 }, { "at", "2020-01-01" } },
                new BsonDocument("_id", 5),
                new BsonDocument { { "_id", 6 }, { "at", BsonNull.Value } },
                new BsonDocument { { "_id", 7 }, { "at", new BsonArray { Now.AddDays(1), Now.AddDays(-1), "x" } } },
                new BsonDocument { { "_id", 8 }, { "at", new BsonArray { Now.AddDays(1), Now.AddDays(2) } } },
                new BsonDocument { { "_id", 9 }, { "at", new BsonArray { 1, "x" } } },
                new BsonDocument { { "_id", 10 }, { "at", new BsonTimestamp(1, 1) } },
            ],
            cancellationToken: Cancel);

        await PassAsync(TimeSpan.FromSeconds(60));

        (await IdsAsync()).Should().Equal(2, 3, 4, 5, 6, 8, 9, 10);
    }

    [Fact]
    public async Task Documents_outside_a_partial_index_stay()
    {
        await _collection.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(
                "{ at: 1 }", new CreateIndexOptions<BsonDocument> { ExpireAfter = TimeSpan.Zero, PartialFilterExpression = "{ done: true }" }),
            cancellationToken: Cancel);
        await _collection.InsertManyAsync(
            [new BsonDocument { { "_id", 1 }, { "at", Now }, { "done", true } }, new BsonDocument { { "_id", 2 }, { "at", Now }, { "done", false } }], cancellationToken: Cancel);

        await PassAsync(TimeSpan.FromSeconds(60));

        (await IdsAsync()).Should().Equal(2);
    }

    [Fact]
    public async Task More_documents_than_one_transaction_takes_all_go_in_one_round()
    {
        await CreateAsync("{ at: 1 }", 1);
        await _collection.InsertManyAsync(Enumerable.Range(0, 1_203).Select(i => new BsonDocument { { "_id", i }, { "at", Now } }), cancellationToken: Cancel);

        await PassAsync(TimeSpan.FromSeconds(60));

        (await IdsAsync()).Should().BeEmpty();
        (await StatusAsync())["deletedDocuments"].ToInt64().Should().Be(1_203);
    }

    [Fact]
    public async Task A_time_given_later_counts_from_the_next_round_on()
    {
        await CreateAsync("{ at: 1 }", 86_400);
        await _collection.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "at", Now } }, cancellationToken: Cancel);
        await PassAsync(TimeSpan.FromSeconds(60));

        await _client.GetDatabase("expiry").RunCommandAsync<BsonDocument>("{ collMod: 'things', index: { keyPattern: { at: 1 }, expireAfterSeconds: 10 } }", cancellationToken: Cancel);
        await PassAsync(TimeSpan.FromSeconds(60));

        (await IdsAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("{ key: { at: 1 }, name: 'x', expireAfterSeconds: -1 }", 67)]
    [InlineData("{ key: { at: 1 }, name: 'x', expireAfterSeconds: 'soon' }", 67)]
    [InlineData("{ key: { at: 1, b: 1 }, name: 'x', expireAfterSeconds: 1 }", 67)]
    [InlineData("{ key: { _id: 1 }, name: 'x', expireAfterSeconds: 1 }", 197)]
    public async Task What_cannot_expire_is_refused(string index, int code) =>
        (await _collection.Database.Awaiting(database => database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "createIndexes", "things" }, { "indexes", new BsonArray { BsonDocument.Parse(index) } } }, cancellationToken: Cancel))
            .Should().ThrowAsync<MongoCommandException>()).Which.Code.Should().Be(code);

    private Task<string> CreateAsync(string key, double seconds) => _collection.Indexes.CreateOneAsync(
        new CreateIndexModel<BsonDocument>(key, new CreateIndexOptions { ExpireAfter = TimeSpan.FromSeconds(seconds) }), cancellationToken: Cancel);

    private async Task<IReadOnlyList<int>> IdsAsync() =>
        [.. (await _collection.Find("{}").Sort("{ _id: 1 }").ToListAsync(Cancel)).Select(document => document["_id"].AsInt32)];

    private async Task PassAsync(TimeSpan later)
    {
        var passes = (await StatusAsync())["passes"].ToInt64();
        _time.Advance(later);
        await Eventually.HoldsAsync(async () => (await StatusAsync())["passes"].ToInt64() > passes, Cancel);
    }

    private async Task<BsonDocument> StatusAsync() =>
        (await _client.GetDatabase("admin").RunCommandAsync<BsonDocument>("{ serverStatus: 1 }", cancellationToken: Cancel))["metrics"]["ttl"].AsBsonDocument;
}
