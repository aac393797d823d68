using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Wire;

/// <summary>Keeps out of the way of others: it measures the memory of the process.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class AloneDefinition;

/// <summary>Clients that are slow, and messages that are too large, too deep or too long.</summary>
[Trait("Category", "Integration")]
[Collection("alone")]
public sealed class SlowAndLargeTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
    private readonly RecordedFailures _log = new();
    private EmbeddedMongoServer _server = null!;
    private WireClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static BsonDocument Ping => new() { { "ping", 1 }, { "$db", "admin" } };

    private static BsonDocument TwoDocuments =>
        BsonDocument.Parse("{ insert: 'c', documents: [{ _id: 1, list: [1], next: 2, text: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' }, { _id: 2, next: 1 }] }");

    public static TheoryData<string, BsonDocument> Absurd => new()
    {
        { "a filter nested ninety deep", Find(Enumerable.Range(0, 90).Aggregate(new BsonDocument("a", 1), (inner, _) => new BsonDocument("$or", new BsonArray { inner }))) },
        { "a pipeline in pipelines", Aggregate(Enumerable.Range(0, 60).Aggregate(new BsonArray { Stage("$limit", 1) }, (inner, _) => [Stage("$unionWith", new BsonDocument { { "coll", "c" }, { "pipeline", inner } })])) },
        { "lookups in lookups of itself", Aggregate(Enumerable.Range(0, 45).Aggregate(new BsonArray { Stage("$limit", 1) }, (inner, _) => [Stage("$lookup", new BsonDocument { { "from", "c" }, { "pipeline", inner }, { "as", "j" } })])) },
        { "lookups in lookups as deep as they may be", Aggregate(Enumerable.Range(0, 20).Aggregate(new BsonArray { Stage("$limit", 1) }, (inner, _) => [Stage("$lookup", new BsonDocument { { "from", "c" }, { "pipeline", inner }, { "as", "j" } })])) },
        { "facets in facets", Aggregate(Enumerable.Range(0, 60).Aggregate(new BsonArray { Stage("$limit", 1) }, (inner, _) => [Stage("$facet", new BsonDocument("f", inner))])) },
        { "an expression nested ninety deep", Aggregate([Stage("$project", new BsonDocument("x", Enumerable.Range(0, 90).Aggregate((BsonValue)1, (inner, _) => new BsonDocument("$abs", new BsonArray { inner }))))]) },
        { "twenty thousand stages", Aggregate([.. Enumerable.Range(0, 20_000).Select(_ => Stage("$skip", 0))]) },
        { "a path of ten thousand names", Find(new BsonDocument(string.Join('.', Enumerable.Repeat("a", 10_000)), 1)) },
        { "a projection of a path of ten thousand names", new BsonDocument { { "find", "c" }, { "filter", new BsonDocument() }, { "projection", new BsonDocument(string.Join('.', Enumerable.Repeat("a", 10_000)), 1) } } },
        { "an update of a path of ten thousand names", new BsonDocument { { "update", "c" }, { "updates", new BsonArray { new BsonDocument { { "q", new BsonDocument() }, { "u", new BsonDocument("$set", new BsonDocument(string.Join('.', Enumerable.Repeat("a", 10_000)), 1)) }, { "upsert", true } } } } } },
        { "a range without an end", Aggregate([Stage("$project", new BsonDocument("x", new BsonDocument("$range", new BsonArray { 0, int.MaxValue })))]) },
        { "a string that doubles forty times", Aggregate([Stage("$project", BsonDocument.Parse("{ x: { $reduce: { input: { $range: [0, 40] }, initialValue: 'xxxxxxxx', in: { $concat: ['$$value', '$$value'] } } } }"))]) },
        { "an array that doubles forty times", Aggregate([Stage("$project", BsonDocument.Parse("{ x: { $reduce: { input: { $range: [0, 40] }, initialValue: [1, 2], in: { $concatArrays: ['$$value', '$$value'] } } } }"))]) },
        { "a document that holds itself twice, thirty times", Aggregate([Stage("$project", BsonDocument.Parse("{ x: { $reduce: { input: { $range: [0, 30] }, initialValue: 1, in: { a: '$$value', b: '$$value' } } } }"))]) },
        { "a padded array without an end", BsonDocument.Parse("{ update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { 'list.2000000000': 1 } }, upsert: true }] }") },
        { "a pattern that tries everything", Find(BsonDocument.Parse("{ text: { $regex: '^(a+)+$' } }")) },
    };

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { TimeProvider = _time, MessageTimeout = TimeSpan.FromMilliseconds(300), MaxConnections = 50, LoggerFactory = _log }, Cancel);
        _client = await WireClient.ConnectAsync(_server, Cancel);
        await _client.RunAsync(TwoDocuments, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task A_message_that_comes_byte_by_byte_is_answered_as_long_as_it_comes_in_time()
    {
        await using var server = await EmbeddedMongoServer.StartAsync(cancellationToken: Cancel);
        using var client = await WireClient.ConnectAsync(server, Cancel);
        foreach (var one in WireClient.Message(Ping)) await client.SendAsync([one], Cancel);

        (await client.ReceiveAsync(Cancel))!["ok"].ToDouble().Should().Be(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(30)]
    public async Task A_message_that_does_not_end_in_time_closes_its_connection_alone(int bytes)
    {
        using var slow = await WireClient.ConnectAsync(_server, Cancel);
        await slow.SendAsync(WireClient.Message(Ping)[..bytes], Cancel);

        var closed = slow.ReceiveAsync(Cancel);
        await UntilSweptAsync(() => closed.IsCompleted);

        (await closed).Should().BeNull();
        (await _client.RunAsync(Ping, Cancel))["ok"].ToDouble().Should().Be(1, "silence between messages is no fault");
    }

    [Fact]
    public async Task Who_does_not_take_the_reply_is_not_waited_for()
    {
        for (var i = 0; i < 8; i++)
            await _client.RunAsync(new BsonDocument { { "insert", "large" }, { "documents", new BsonArray { new BsonDocument("text", new string('x', 1_900_000)) } } }, Cancel);
        using var slow = await WireClient.ConnectAsync(_server, Cancel);
        // Fifteen megabytes each, of which a socket takes a few.
        for (var i = 0; i < 4; i++) await slow.SendAsync(WireClient.Message(new BsonDocument { { "find", "large" }, { "$db", "wire" } }), Cancel);

        // The allowance for so long a reply is four minutes of the system's clock; here the server stops first, and must be able to.
        await _server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancel);
        (await slow.EndAsync(Cancel)).Should().BeLessThan(60_000_000);
    }

    [Theory]
    [MemberData(nameof(Absurd))]
    public async Task What_is_absurd_is_refused_or_done_but_ends(string what, BsonDocument command)
    {
        // On the system's clock, for the limit of time to count.
        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { LoggerFactory = _log }, Cancel);
        using var client = await WireClient.ConnectAsync(server, Cancel);
        await client.RunAsync(TwoDocuments, Cancel);

        var reply = await client.RunAsync(command.Add("maxTimeMS", 1000), Cancel).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancel);

        if (what == "lookups in lookups as deep as they may be") reply["code"].AsInt32.Should().Be(50, "it would read the collection a million times");
        (reply["ok"].ToDouble() == 1 || reply["code"].AsInt32 != 1).Should().BeTrue("{0}: {1}", what, reply);
        _log.Failures.Should().BeEmpty();
        (await client.RunAsync(Ping, Cancel))["ok"].ToDouble().Should().Be(1);
    }

    [Fact]
    public async Task A_graph_with_a_cycle_ends()
    {
        var lookup = BsonDocument.Parse("{ $graphLookup: { from: 'c', startWith: '$next', connectFromField: 'next', connectToField: '_id', as: 'seen' } }");

        var reply = await _client.RunAsync(Aggregate([lookup]), Cancel);

        reply["cursor"]["firstBatch"][0]["seen"].AsBsonArray.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_document_beyond_16_MiB_is_refused_and_the_connection_lives()
    {
        var bytes = new BsonDocument("text", new string('x', 16 * 1024 * 1024)).ToBson();
        byte[] sequence = [1, .. WireClient.UInt32((uint)(4 + 10 + bytes.Length)), .. "documents\0"u8, .. bytes];
        await _client.SendAllAsync(WireClient.Message(new BsonDocument { { "insert", "c" }, { "$db", "wire" } }, 0, sequence), Cancel);

        var reply = (await _client.ReceiveAsync(Cancel))!;

        (reply.GetValue("code", BsonNull.Value) == 10334 || reply["writeErrors"][0]["code"] == 10334).Should().BeTrue("{0}", reply);
        (await _client.RunAsync(new BsonDocument("count", "c"), Cancel))["n"].ToInt32().Should().Be(2);
    }

    [Fact]
    public async Task A_message_beyond_48_MB_closes_the_connection_before_it_has_come()
    {
        using var client = await WireClient.ConnectAsync(_server, Cancel);
        await client.SendAsync([.. WireClient.UInt32(48_000_001), .. new byte[12]], Cancel);

        (await client.ReceiveAsync(Cancel)).Should().BeNull();
    }

    [Fact]
    public async Task One_connection_too_many_is_closed_and_a_place_that_is_free_again_is_given_away()
    {
        var clients = new List<WireClient>();
        for (var i = 1; i < 50; i++) clients.Add(await WireClient.ConnectAsync(_server, Cancel));
        foreach (var one in clients) await one.RunAsync(Ping, Cancel);
        using (var late = await WireClient.ConnectAsync(_server, Cancel)) (await late.ReceiveAsync(Cancel)).Should().BeNull();

        clients[0].Dispose();

        await Eventually.HoldsAsync(
            async () =>
            {
                using var again = await WireClient.ConnectAsync(_server, Cancel);
                await again.TrySendAsync(WireClient.Message(Ping), Cancel);
                return await again.ReceiveAsync(Cancel) is not null;
            },
            Cancel);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Claims_of_large_messages_and_floods_of_clients_leave_no_memory_behind()
    {
        async Task FloodAsync()
        {
            for (var round = 0; round < 20; round++)
            {
                await Parallel.ForAsync(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 20, CancellationToken = Cancel }, async (i, cancellationToken) =>
                {
                    var client = await WireClient.ConnectAsync(_server, cancellationToken);
                    await client.TrySendAsync([.. WireClient.UInt32(47_000_000), .. new byte[8], .. WireClient.UInt32(2013), .. new byte[i % 4 == 0 ? 400_000 : 100]], cancellationToken);
                    client.Abort();
                });
            }
        }

        await FloodAsync();
        var before = Live();
        await FloodAsync();
        await FloodAsync();

        (Live() - before).Should().BeLessThan(24 * 1024 * 1024);
    }

    private static long Live()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static BsonDocument Find(BsonDocument filter) => new() { { "find", "c" }, { "filter", filter } };

    private static BsonDocument Stage(string name, BsonValue value) => new(name, value);

    private static BsonDocument Aggregate(BsonArray pipeline) => new() { { "aggregate", "c" }, { "pipeline", pipeline }, { "cursor", new BsonDocument() } };

    /// <summary>Moves the clock on to the next look at all connections until something is so.</summary>
    private async Task UntilSweptAsync(Func<bool> condition) => await Eventually.HoldsAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            return Task.FromResult(condition());
        },
        Cancel);
}
