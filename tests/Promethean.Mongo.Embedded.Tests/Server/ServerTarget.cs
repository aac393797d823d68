using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>A server that the driver's facts run against, started once for each class of facts.</summary>
public abstract class ServerTarget : IAsyncLifetime
{
    private int _names;

    public MongoClient Client { get; private set; } = null!;

    /// <summary>Why the target cannot be used here, or null.</summary>
    public virtual string? SkipReason => null;

    public async ValueTask InitializeAsync()
    {
        if (SkipReason is null) Client = new MongoClient(await StartAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A collection that does not exist yet.</summary>
    public IMongoCollection<BsonDocument> NewCollection() => NewCollection<BsonDocument>();

    public IMongoCollection<T> NewCollection<T>()
    {
        Assert.SkipWhen(SkipReason is not null, SkipReason ?? "");
        var name = $"facts{Interlocked.Increment(ref _names)}_{Guid.NewGuid():N}";
        return Client.GetDatabase("promethean_tests").GetCollection<T>(name);
    }

    protected abstract Task<string> StartAsync();

    protected abstract ValueTask StopAsync();
}
