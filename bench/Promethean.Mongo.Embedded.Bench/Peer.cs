using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Mongo.Embedded.Bench.Serving;

namespace Promethean.Mongo.Embedded.Bench;

/// <summary>A server in a process of its own, and the unmodified driver connected to it.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private const int FillBatch = 1000;

    private readonly MongoClient _client;

    private Peer(string name, ServerProcess server)
    {
        Name = name;
        Server = server;
        _client = new MongoClient(server.ConnectionString);
        Database = _client.GetDatabase("bench");
    }

    public string Name { get; }

    public ServerProcess Server { get; }

    public IMongoDatabase Database { get; }

    /// <summary>Ours in memory, ours on SQLite, and the canned server last.</summary>
    public static async Task<Peer[]> StartAllAsync() =>
    [
        new("in memory", await ServerProcess.StartAsync(BenchServer.Memory)),
        new("on SQLite", await ServerProcess.StartAsync(BenchServer.Sqlite)),
        new("canned replies", await ServerProcess.StartAsync(BenchServer.Canned)),
    ];

    public IMongoCollection<BsonDocument> Collection(string name) => Database.GetCollection<BsonDocument>(name);

    /// <summary>Fills a collection with the documents 1 to <paramref name="count"/>.</summary>
    public async Task FillAsync(string name, int count)
    {
        for (var first = 1; first <= count; first += FillBatch)
            await Collection(name).InsertManyAsync(Enumerable.Range(first, Math.Min(FillBatch, count - first + 1)).Select(Documents.Of));
    }

    public async Task<OperationRun> MeasureAsync(Operation operation, int times)
    {
        if (operation.Fills) await Database.DropCollectionAsync(operation.Collection);
        GC.Collect();
        var collection = Collection(operation.Collection);
        var next = 0;
        var before = await Server.ReadUsageAsync();
        var from = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, operation.InFlight).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number <= times) await operation.DoAsync(collection, number);
        })));
        var taken = TimeProvider.System.GetElapsedTime(from).TotalSeconds;
        var after = await Server.ReadUsageAsync();
        return new(times / taken, (after.CpuSeconds - before.CpuSeconds) * 1e6 / times, (after.AllocatedBytes - before.AllocatedBytes) / (double)times);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Server.DisposeAsync();
    }
}
