using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Mongo.Embedded;

namespace Promethean.DualSink.Tests;

/// <summary>A MongoDB: the one that <c>PROMETHEAN_TEST_MONGO_URI</c> names, else an embedded server.</summary>
public sealed class MongoFixture : IAsyncLifetime
{
    private EmbeddedMongoServer? _server;
    private MongoClient? _client;
    private IMongoDatabase? _database;
    private int _collections;

    public async ValueTask InitializeAsync()
    {
        var uri = Environment.GetEnvironmentVariable("PROMETHEAN_TEST_MONGO_URI");
        if (uri is null)
        {
            _server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions());
            uri = _server.ConnectionString;
        }

        _client = new MongoClient(uri);
        _database = _client.GetDatabase($"dualsink_test_{Environment.ProcessId}");
    }

    /// <summary>An empty collection of its own.</summary>
    internal IMongoCollection<BsonDocument> Collection() => _database!.GetCollection<BsonDocument>($"pages_{Interlocked.Increment(ref _collections)}");

    public async ValueTask DisposeAsync()
    {
        await _client!.DropDatabaseAsync(_database!.DatabaseNamespace.DatabaseName);
        _client.Dispose();
        if (_server is not null) await _server.DisposeAsync();
    }
}
