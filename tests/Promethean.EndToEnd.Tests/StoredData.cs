using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Mongo.Embedded;

namespace Promethean.EndToEnd.Tests;

/// <summary>A data directory opened as its next owner would.</summary>
internal sealed class StoredData : IAsyncDisposable
{
    private readonly EmbeddedMongoServer _server;
    private readonly MongoClient _client;

    private StoredData(EmbeddedMongoServer server)
    {
        _server = server;
        _client = new MongoClient(server.ConnectionString);
    }

    public IMongoCollection<BsonDocument> Pages => _client.GetDatabase("promethean").GetCollection<BsonDocument>("pages");

    public static async Task<StoredData> OpenAsync(string folder) =>
        new(await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = Path.Combine(folder, "mongo") }));

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }
}
