using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Wire;

/// <summary>What the protocol promises beyond single commands: handshakes, refusals, sessions, retries, timeouts.</summary>
[Trait("Category", "Integration")]
public sealed class ProtocolTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
    private EmbeddedMongoServer _server = null!;
    private WireClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { TimeProvider = _time }, Cancel);
        _client = await WireClient.ConnectAsync(_server, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_old_handshake_and_the_new_one_show_the_primary_of_a_replica_set()
    {
        byte[] query = [.. new byte[4], .. "admin.$cmd\0"u8, .. new byte[4], .. WireClient.UInt32(uint.MaxValue), .. new BsonDocument { { "isMaster", 1 }, { "helloOk", true } }.ToBson()];
        await _client.SendAsync(WireClient.Frame(2004, query), Cancel);
        var old = await _client.ReceiveAsync(Cancel);
        var hello = await _client.RunAsync(new BsonDocument("hello", 1), Cancel);

        old!["ismaster"].AsBoolean.Should().BeTrue();
        hello["isWritablePrimary"].AsBoolean.Should().BeTrue();
        foreach (var reply in new[] { old, hello })
        {
            reply["helloOk"].AsBoolean.Should().BeTrue();
            reply["setName"].AsString.Should().Be("promethean");
            reply["hosts"].AsBsonArray.Should().Equal($"127.0.0.1:{_server.Port}");
            reply["maxWireVersion"].AsInt32.Should().Be(25);
            reply["logicalSessionTimeoutMinutes"].AsInt32.Should().Be(30);
            reply["maxBsonObjectSize"].AsInt32.Should().Be(16 * 1024 * 1024);
            reply["maxMessageSizeBytes"].AsInt32.Should().Be(48_000_000);
            reply["operationTime"].IsBsonTimestamp.Should().BeTrue();
        }
    }

    [Theory]
    [InlineData("{ frobnicate: 1 }", 59, "CommandNotFound")]
    [InlineData("{ top: 1 }", 59, "CommandNotFound")]
    [InlineData("{ create: 'c', timeseries: { timeField: 't' } }", 115, "CommandNotSupported")]
    [InlineData("{ create: 'c', viewOn: 'd', pipeline: [] }", 115, "CommandNotSupported")]
    [InlineData("{ create: 'c', clusteredIndex: { key: { _id: 1 }, unique: true } }", 115, "CommandNotSupported")]
    [InlineData("{ bulkWrite: 1, ops: [{ insert: 0, document: {} }], nsInfo: [{ ns: 'a.b' }] }", 13, "Unauthorized")]
    [InlineData("{ bulkWrite: 1, ops: [{ insert: 1, document: {} }], nsInfo: [{ ns: 'a.b' }], $db: 'admin' }", 2, "BadValue")]
    [InlineData("{ bulkWrite: 1, ops: [{ upsert: 0 }], nsInfo: [{ ns: 'a.b' }], $db: 'admin' }", 9, "FailedToParse")]
    [InlineData("{ configureFailPoint: 'failCommand', mode: 'sometimes', $db: 'admin' }", 2, "BadValue")]
    [InlineData("{ configureFailPoint: 'failCommand', mode: 'alwaysOn', data: { blockConnection: true }, $db: 'admin' }", 72, "InvalidOptions")]
    [InlineData("{ find: 'c', foo: 1 }", 40415, "Location40415")]
    [InlineData("{ find: 'c', filter: 1 }", 14, "TypeMismatch")]
    [InlineData("{ find: 'c', filter: { $frob: 1 } }", 2, "BadValue")]
    [InlineData("{ find: 'c', collation: { locale: 'de' } }", 2, "BadValue")]
    [InlineData("{ find: 'c', tailable: true }", 2, "BadValue")]
    [InlineData("{ find: 'c', awaitData: true }", 9, "FailedToParse")]
    [InlineData("{ find: 'c', min: { a: 1 } }", 51173, "Location51173")]
    [InlineData("{ explain: { find: 'c' }, verbosity: 'everything' }", 2, "BadValue")]
    [InlineData("{ find: '' }", 73, "InvalidNamespace")]
    [InlineData("{ insert: 'c', documents: [] }", 16, "InvalidLength")]
    [InlineData("{ insert: 'c', documents: [{}], writeConcern: { w: 3 } }", 100, "UnsatisfiableWriteConcern")]
    [InlineData("{ create: 'c', capped: true, size: 10 }", 115, "CommandNotSupported")]
    [InlineData("{ createIndexes: 'c', indexes: [{ key: { a: 1, b: 1 }, name: 'a', expireAfterSeconds: 3 }] }", 67, "CannotCreateIndex")]
    [InlineData("{ createIndexes: 'c', indexes: [{ key: { a: 'text' }, name: 'a' }] }", 67, "CannotCreateIndex")]
    [InlineData("{ dropIndexes: 'none', index: 'a' }", 26, "NamespaceNotFound")]
    [InlineData("{ listDatabases: 1 }", 13, "Unauthorized")]
    [InlineData("{ getMore: NumberLong(77), collection: 'c' }", 43, "CursorNotFound")]
    [InlineData("{ insert: 'c', documents: [{}], txnNumber: NumberLong(1) }", 72, "InvalidOptions")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $match: {} }, { $changeStream: {} }], cursor: {} }", 40602, "Location40602")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $changeStream: { frob: 1 } }], cursor: {} }", 40415, "Location40415")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $changeStream: { fullDocument: 'frob' } }], cursor: {} }", 2, "BadValue")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $changeStream: { allChangesForCluster: true } }], cursor: {} }", 72, "InvalidOptions")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $changeStream: { resumeAfter: {} } }], cursor: {} }", 260, "InvalidResumeToken")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $changeStream: { startAtOperationTime: Timestamp(1, 1) } }], cursor: {} }", 286, "ChangeStreamHistoryLost")]
    [InlineData("{ ping: 1, maxTimeMS: NumberLong(2147483648) }", 2, "BadValue")]
    [InlineData("{ ping: 1, $clusterTime: { clusterTime: Timestamp(4000000000, 1) } }", 206, "ClusterTimeFailsRateLimiter")]
    public async Task What_is_not_understood_is_refused_with_MongoDBs_code_and_name(string command, int code, string codeName)
    {
        var reply = await _client.RunAsync(BsonDocument.Parse(command), Cancel);

        reply["ok"].ToDouble().Should().Be(0);
        reply["code"].AsInt32.Should().Be(code);
        reply["codeName"].AsString.Should().Be(codeName);
        reply["errmsg"].AsString.Should().NotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task A_retried_write_is_answered_but_not_repeated()
    {
        await _client.RunAsync(BsonDocument.Parse("{ insert: 'c', documents: [{ _id: 1, n: 0 }] }"), Cancel);
        BsonDocument Increment(long number) => new()
        {
            { "update", "c" },
            { "updates", new BsonArray { BsonDocument.Parse("{ q: { _id: 1 }, u: { $inc: { n: 1 } } }") } },
            { "lsid", new BsonDocument("id", new BsonBinaryData(new Guid("00112233-4455-6677-8899-aabbccddeeff"), GuidRepresentation.Standard)) },
            { "txnNumber", number },
        };

        var first = await _client.RunAsync(Increment(1), Cancel);
        var retried = await _client.RunAsync(Increment(1), Cancel);
        var next = await _client.RunAsync(Increment(2), Cancel);
        var tooOld = await _client.RunAsync(Increment(1), Cancel);

        first["nModified"].AsInt32.Should().Be(1);
        retried["nModified"].AsInt32.Should().Be(1, "the client is told what happened the first time");
        retried["retriedStmtIds"].AsBsonArray.Should().Equal(0);
        next["nModified"].AsInt32.Should().Be(1);
        tooOld["code"].AsInt32.Should().Be(225);
        var found = await _client.RunAsync(BsonDocument.Parse("{ find: 'c' }"), Cancel);
        found["cursor"]["firstBatch"][0]["n"].AsInt32.Should().Be(2);
    }

    [Fact]
    public async Task A_cursor_left_alone_for_ten_minutes_is_closed()
    {
        await _client.RunAsync(BsonDocument.Parse("{ insert: 'c', documents: [{}, {}, {}] }"), Cancel);
        var id = (await _client.RunAsync(BsonDocument.Parse("{ find: 'c', batchSize: 1 }"), Cancel))["cursor"]["id"];
        var getMore = new BsonDocument { { "getMore", id }, { "collection", "c" }, { "batchSize", 1 } };

        _time.Advance(TimeSpan.FromMinutes(9));
        var early = await _client.RunAsync((BsonDocument)getMore.DeepClone(), Cancel);
        _time.Advance(TimeSpan.FromMinutes(11));
        var late = await _client.RunAsync((BsonDocument)getMore.DeepClone(), Cancel);

        early["cursor"]["nextBatch"].AsBsonArray.Should().ContainSingle();
        late["code"].AsInt32.Should().Be(43);
    }

    [Fact]
    public async Task A_session_that_ends_takes_its_cursors_along()
    {
        var lsid = new BsonDocument("id", new BsonBinaryData(Guid.NewGuid(), GuidRepresentation.Standard));
        await _client.RunAsync(BsonDocument.Parse("{ insert: 'c', documents: [{}, {}, {}] }"), Cancel);
        var id = (await _client.RunAsync(new BsonDocument { { "find", "c" }, { "batchSize", 1 }, { "lsid", lsid } }, Cancel))["cursor"]["id"];

        (await _client.RunAsync(new BsonDocument("endSessions", new BsonArray { lsid }), Cancel))["ok"].ToDouble().Should().Be(1);

        (await _client.RunAsync(new BsonDocument { { "getMore", id }, { "collection", "c" } }, Cancel))["code"].AsInt32.Should().Be(43);
    }

    [Fact]
    public async Task Cluster_time_grows_with_every_write()
    {
        var times = new List<BsonTimestamp>();
        for (var i = 0; i < 3; i++) times.Add((await _client.RunAsync(BsonDocument.Parse("{ insert: 'c', documents: [{}] }"), Cancel))["operationTime"].AsBsonTimestamp);

        times.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task An_oversized_document_is_refused_and_the_rest_of_the_batch_goes_on()
    {
        var large = new BsonDocument { { "_id", 1 }, { "bytes", new byte[17 * 1024 * 1024] } };

        var reply = await _client.RunAsync(new BsonDocument { { "insert", "c" }, { "documents", new BsonArray { large, new BsonDocument("_id", 2) } }, { "ordered", false } }, Cancel);

        reply["n"].AsInt32.Should().Be(1);
        reply["writeErrors"][0]["code"].AsInt32.Should().Be(10334);
    }

    [Fact]
    public async Task A_document_gets_an_id_in_first_place_whatever_the_client_sent()
    {
        await _client.RunAsync(BsonDocument.Parse("{ insert: 'c', documents: [{ a: 1, _id: 5, b: 2 }, { a: 1 }] }"), Cancel);

        var found = (await _client.RunAsync(BsonDocument.Parse("{ find: 'c' }"), Cancel))["cursor"]["firstBatch"].AsBsonArray;

        found[0].Should().Be(BsonDocument.Parse("{ _id: 5, a: 1, b: 2 }"));
        found[1].AsBsonDocument.GetElement(0).Name.Should().Be("_id");
        found[1]["_id"].IsObjectId.Should().BeTrue();
    }
}
