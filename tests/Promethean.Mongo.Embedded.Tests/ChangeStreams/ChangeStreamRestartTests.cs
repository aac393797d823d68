using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Mongo.Embedded.Tests.Server;

namespace Promethean.Mongo.Embedded.Tests.ChangeStreams;

/// <summary>A driver's stream outlives the server: it resumes by itself, and misses nothing ("Resume a Change Stream").</summary>
[Trait("Category", "Integration")]
public sealed class ChangeStreamRestartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_drivers_stream_goes_on_by_itself_after_the_server_was_restarted()
    {
        using var directory = new TemporaryDirectory();
        var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = directory.Path }, Cancel);
        try
        {
            using var client = new MongoClient(server.ConnectionString);
            var collection = client.GetDatabase("db").GetCollection<BsonDocument>("c");
            PipelineDefinition<ChangeStreamDocument<BsonDocument>, BsonDocument> all = Array.Empty<BsonDocument>();
            using var stream = await collection.WatchAsync(all, cancellationToken: Cancel);
            await collection.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Cancel);
            var first = await stream.TakeAsync(1, Cancel);
            await collection.InsertOneAsync(new BsonDocument("_id", 2), cancellationToken: Cancel);

            var port = server.Port;
            await server.DisposeAsync();
            server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = directory.Path, Port = port }, Cancel);
            await collection.InsertOneAsync(new BsonDocument("_id", 3), cancellationToken: Cancel);
            var later = await stream.TakeAsync(2, Cancel);

            first.Concat(later).Select(told => told["documentKey"]["_id"].AsInt32).Should().Equal(1, 2, 3);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }
}
