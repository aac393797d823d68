using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Mongo.Embedded;

namespace Promethean.Broker.Server.Mongo.Tests;

/// <summary>A MongoDB: the one that <c>PROMETHEAN_TEST_MONGO_URI</c> names, else an embedded server.</summary>
public sealed class MongoFixture : IAsyncLifetime
{
    private readonly string _database = $"broker_test_{Environment.ProcessId}";
    private EmbeddedMongoServer? _server;
    private MongoClient? _client;
    private int _collections;

    public string ConnectionString { get; private set; } = "";

    internal IMongoDatabase Database => _client!.GetDatabase(_database);

    public async ValueTask InitializeAsync()
    {
        var uri = Environment.GetEnvironmentVariable("PROMETHEAN_TEST_MONGO_URI");
        if (uri is null)
        {
            _server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions());
            uri = _server.ConnectionString;
        }

        ConnectionString = uri;
        _client = new MongoClient(uri);
    }

    public async ValueTask DisposeAsync()
    {
        await _client!.DropDatabaseAsync(_database);
        _client.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    /// <summary>A name that no other test has.</summary>
    internal string NewCollection() => $"tasks_{Interlocked.Increment(ref _collections)}";

    internal IMongoCollection<BsonDocument> Tasks(string collection) => Database.GetCollection<BsonDocument>(collection);

    internal MongoTaskJournal Journal(string collection, TimeSpan? lease = null, TimeProvider? time = null, TimeSpan? timeout = null) => new(
        MongoUrl.Create(ConnectionString),
        new()
        {
            Database = _database,
            Collection = collection,
            LeaseDuration = lease ?? TimeSpan.FromSeconds(10),
            OperationTimeout = timeout ?? TimeSpan.FromSeconds(10),
        },
        time ?? TimeProvider.System,
        NullLogger<MongoTaskJournal>.Instance);
}
