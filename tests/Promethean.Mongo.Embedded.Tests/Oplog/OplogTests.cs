using MongoDB.Bson;
using Promethean.Mongo.Embedded.Tests.Wire;

namespace Promethean.Mongo.Embedded.Tests.Oplog;

/// <summary>How far back the log goes, and what a stream is told that would go on from before ("Change Streams Production Recommendations").</summary>
[Trait("Category", "Integration")]
public sealed class OplogTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Bounds => ["entries", "bytes"];

    [Theory]
    [MemberData(nameof(Bounds))]
    public async Task A_stream_goes_on_from_what_the_bounded_log_still_has_and_from_nothing_earlier(string bound)
    {
        using var directory = new TemporaryDirectory();
        var options = new EmbeddedMongoOptions
        {
            DataDirectory = directory.Path,
            OplogMaxEntries = bound == "entries" ? 40 : 1_000_000,
            OplogMaxBytes = bound == "bytes" ? 40 * 1024 : 64 * 1024 * 1024,
        };
        var tokens = new List<BsonDocument>();
        for (var run = 0; run < 2; run++)
        {
            await using var server = await EmbeddedMongoServer.StartAsync(options, Cancel);
            using var client = await WireClient.ConnectAsync(server, Cancel);
            for (var i = 0; i < 60; i++)
            {
                await client.RunAsync(new BsonDocument { { "insert", "c" }, { "documents", new BsonArray { new BsonDocument("text", new string('x', 1000)) } } }, Cancel);
                tokens.Add((await WatchAsync(client, []))["cursor"]["postBatchResumeToken"].AsBsonDocument);
            }

            var oldest = await WatchAsync(client, new BsonDocument("resumeAfter", tokens[0]));
            var kept = await WatchAsync(client, new BsonDocument("resumeAfter", tokens[^31]));

            oldest["codeName"].AsString.Should().Be("ChangeStreamHistoryLost", $"run {run}");
            oldest["code"].AsInt32.Should().Be(286);
            kept["cursor"]["firstBatch"].AsBsonArray.Should().HaveCount(30, $"run {run}");
        }
    }

    [Fact]
    public async Task An_open_stream_that_falls_too_far_behind_is_told_so()
    {
        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { OplogMaxEntries = 10 }, Cancel);
        using var client = await WireClient.ConnectAsync(server, Cancel);
        var id = (await WatchAsync(client, []))["cursor"]["id"];

        for (var i = 0; i < 20; i++) await client.RunAsync(BsonDocument.Parse("{ insert: 'c', documents: [{}] }"), Cancel);

        (await client.RunAsync(new BsonDocument { { "getMore", id }, { "collection", "c" } }, Cancel))["code"].AsInt32.Should().Be(286);
    }

    [Fact]
    public async Task Cluster_time_goes_on_after_a_restart_and_a_stream_with_it()
    {
        using var directory = new TemporaryDirectory();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
        var options = new EmbeddedMongoOptions { DataDirectory = directory.Path, TimeProvider = time };
        BsonDocument token;
        BsonValue latest;
        await using (var server = await EmbeddedMongoServer.StartAsync(options, Cancel))
        {
            using var client = await WireClient.ConnectAsync(server, Cancel);
            token = (await WatchAsync(client, []))["cursor"]["postBatchResumeToken"].AsBsonDocument;
            await client.RunAsync(BsonDocument.Parse("{ insert: 'c', documents: [{ _id: 1 }, { _id: 2 }, { _id: 3 }] }"), Cancel);
            latest = (await client.RunAsync(BsonDocument.Parse("{ delete: 'c', deletes: [{ q: { _id: 2 }, limit: 1 }] }"), Cancel))["operationTime"];
        }

        await using var again = await EmbeddedMongoServer.StartAsync(options, Cancel);
        using var later = await WireClient.ConnectAsync(again, Cancel);
        var next = (await later.RunAsync(BsonDocument.Parse("{ insert: 'c', documents: [{ _id: 4 }] }"), Cancel))["operationTime"];
        var told = (await WatchAsync(later, new BsonDocument("resumeAfter", token)))["cursor"]["firstBatch"].AsBsonArray;

        (next.AsBsonTimestamp > latest.AsBsonTimestamp).Should().BeTrue("the clock stands still, but cluster time does not");
        told.Select(one => $"{one["operationType"]} {one["documentKey"]["_id"]}").Should().Equal("insert 1", "insert 2", "insert 3", "delete 2", "insert 4");
    }

    [Fact]
    public async Task The_logs_own_collection_is_nobodys_business()
    {
        await using var server = await EmbeddedMongoServer.StartAsync(cancellationToken: Cancel);
        using var client = await WireClient.ConnectAsync(server, Cancel);

        (await client.RunAsync(new BsonDocument { { "listDatabases", 1 }, { "$db", "admin" } }, Cancel))["databases"].AsBsonArray.Should().BeEmpty();
        (await client.RunAsync(new BsonDocument { { "find", "oplog" }, { "$db", "$promethean" } }, Cancel))["code"].AsInt32.Should().Be(73);
    }

    private static Task<BsonDocument> WatchAsync(WireClient client, BsonDocument stage) => client.RunAsync(
        new BsonDocument { { "aggregate", "c" }, { "pipeline", new BsonArray { new BsonDocument("$changeStream", stage) } }, { "cursor", new BsonDocument() } }, Cancel);
}
