using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Mongo.Embedded.Tests.Server;

namespace Promethean.Mongo.Embedded.Tests.ChangeStreams;

/// <summary>
/// The events of a stream, replayed into nothing, make the source: under writers at once, transactions, restarts of the server, and a
/// reader that begins anew after every single event.
/// </summary>
[Trait("Category", "Integration")]
public sealed class ChangeStreamReplayTests
{
    private const int Writers = 4;
    private const int Documents = 6;

    private static readonly string[] Collections = ["left", "right"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Events_replayed_into_an_empty_collection_rebuild_the_source(int seed)
    {
        using var directory = new TemporaryDirectory();
        var replay = new EventReplay();
        BsonDocument? token = null;
        var count = 0;
        for (var run = 0; run < 3; run++)
        {
            await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = directory.Path }, Cancel);
            using var client = new MongoClient(server.ConnectionString);
            var database = client.GetDatabase("replayed");
            token ??= await FirstTokenAsync(database);
            // Its last write is the sign that all is read.
            var end = $"end {run}";
            var reading = ReadAsync(database, token, end, replay);
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(client, database, new Random(seed * 100 + run * 10 + writer)), Cancel)));
            await database.GetCollection<BsonDocument>("end").InsertOneAsync(new BsonDocument("_id", end), cancellationToken: Cancel);
            (token, var told) = await reading;
            count += told;
            foreach (var collection in Collections)
            {
                var source = await database.GetCollection<BsonDocument>(collection).Find("{}").Sort("{ _id: 1 }").ToListAsync(Cancel);
                replay.Of(collection).Select(document => document.ToJson()).Should().Equal(source.Select(document => document.ToJson()), $"seed {seed}, run {run}");
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}: {count} events");
        count.Should().BeGreaterThan(100);
    }

    private static async Task<BsonDocument> FirstTokenAsync(IMongoDatabase database)
    {
        using var stream = await WatchAsync(database, null);
        await stream.MoveNextAsync(Cancel);
        return stream.GetResumeToken();
    }

    private static async Task<(BsonDocument Token, int Count)> ReadAsync(IMongoDatabase database, BsonDocument token, string end, EventReplay replay)
    {
        for (var count = 0; ; count++)
        {
            using var stream = await WatchAsync(database, token);
            var told = (await stream.TakeAtLeastOneAsync(Cancel))[0];
            token = told["_id"].AsBsonDocument;
            if (told["documentKey"]["_id"] == end) return (token, count);
            if (told["ns"]["coll"] != "end") replay.Apply(told);
        }
    }

    private static Task<IChangeStreamCursor<BsonDocument>> WatchAsync(IMongoDatabase database, BsonDocument? token)
    {
        // Expanded events tell paths without doubt.
        PipelineDefinition<ChangeStreamDocument<BsonDocument>, BsonDocument> documents = new[] { BsonDocument.Parse("{ $match: { documentKey: { $exists: true } } }") };
        return database.WatchAsync(documents, new ChangeStreamOptions { ResumeAfter = token, ShowExpandedEvents = true, BatchSize = 1 }, Cancel);
    }

    private static async Task WriteAsync(MongoClient client, IMongoDatabase database, Random random)
    {
        var writes = new RandomWrites(random);
        for (var i = 0; i < 25; i++)
        {
            if (random.Next(4) == 0)
            {
                var seed = random.Next();
                using var session = await client.StartSessionAsync(cancellationToken: Cancel);
                try
                {
                    await session.WithTransactionAsync(
                        async (s, cancel) =>
                        {
                            // Each attempt makes the same choices.
                            var chance = new Random(seed);
                            for (var step = 0; step < 3; step++) await WriteOnceAsync(database, s, chance, new RandomWrites(chance));
                            return chance.Next(4) == 0 ? throw new OperationCanceledException("Given up on purpose.") : true;
                        },
                        cancellationToken: Cancel);
                }
                catch (Exception refused) when (refused is OperationCanceledException or MongoException)
                {
                    // An update that does not apply, or a duplicate, ends the transaction: nothing of it is to be told.
                }
            }
            else
            {
                try
                {
                    await WriteOnceAsync(database, null, random, writes);
                }
                catch (MongoException)
                {
                    // The same outside of a transaction.
                }
            }
        }
    }

    private static async Task WriteOnceAsync(IMongoDatabase database, IClientSessionHandle? given, Random random, RandomWrites writes)
    {
        using var own = given is null ? await database.Client.StartSessionAsync(cancellationToken: Cancel) : null;
        var session = given ?? own!;
        var collection = database.GetCollection<BsonDocument>(Collections[random.Next(Collections.Length)]);
        var id = random.Next(Documents);
        var filter = new BsonDocument("_id", id);
        switch (random.Next(7))
        {
            case 0:
                await collection.InsertOneAsync(session, writes.Document(id), cancellationToken: Cancel);
                break;
            case 1:
                await collection.DeleteOneAsync(session, filter, cancellationToken: Cancel);
                break;
            case 2:
                await collection.ReplaceOneAsync(session, filter, writes.Document(id), new ReplaceOptions { IsUpsert = true }, Cancel);
                break;
            case 3:
                await collection.UpdateManyAsync(session, "{}", UpdateOf(writes.Update()), cancellationToken: Cancel);
                break;
            default:
                await collection.UpdateOneAsync(session, filter, UpdateOf(writes.Update()), cancellationToken: Cancel);
                break;
        }
    }

    private static UpdateDefinition<BsonDocument> UpdateOf(BsonValue update) => update is BsonArray stages
        ? Builders<BsonDocument>.Update.Pipeline(stages.Select(stage => stage.AsBsonDocument).ToArray())
        : update.AsBsonDocument;
}
