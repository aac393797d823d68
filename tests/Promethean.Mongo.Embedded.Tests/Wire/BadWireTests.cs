using System.Globalization;
using System.Numerics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Wire;

/// <summary>Whatever bytes arrive: an error reply or a closed connection, and the server goes on.</summary>
[Trait("Category", "Integration")]
public sealed class BadWireTests : IAsyncLifetime
{
    private EmbeddedMongoServer _server = null!;
    private MongoClient _driver = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static BsonDocument Ping => new() { { "ping", 1 }, { "$db", "admin" } };

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync(cancellationToken: Cancel);
        _driver = new MongoClient(_server.ConnectionString);
        await Kept.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _driver.Dispose();
        await _server.DisposeAsync();
    }

    public static TheoryData<string, byte[]> Hopeless => new()
    {
        { "garbage", [.. Enumerable.Range(1, 64).Select(i => (byte)(i * 37))] },
        { "an HTTP request", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray() },
        { "a length of nothing", [.. new byte[16]] },
        { "a length below the header's", [.. WireClient.UInt32(15), .. new byte[12]] },
        { "a negative length", [.. WireClient.UInt32(uint.MaxValue), .. new byte[12]] },
        { "a huge length", [.. WireClient.UInt32(48_000_001), .. new byte[12]] },
        { "an unknown opcode", WireClient.Frame(2012, new byte[40]) },
        { "an empty OP_MSG", WireClient.Frame(2013, []) },
        { "unknown required flags", WireClient.Message(Ping, 0x8000) },
        { "a wrong checksum", WireClient.Message(Ping, 1, 1, 2, 3, 4) },
        { "an OP_QUERY without a document", WireClient.Frame(2004, new byte[20]) },
    };

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "no section", WireClient.Frame(2013, [.. new byte[4], 0, 5, 0, 0, 0, 0]) },
        { "two bodies", WireClient.Message(Ping, 0, [0, .. Ping.ToBson()]) },
        { "an unknown section kind", WireClient.Message(Ping, 0, [9, .. new byte[8]]) },
        { "a section longer than the message", WireClient.Message(Ping, 0, [1, 0xFF, 0xFF, 0, 0, 0]) },
        { "a body whose length lies", WireClient.Frame(2013, [.. new byte[4], 0, .. WireClient.UInt32(60), .. Ping.ToBson()[4..]]) },
        { "an element of unknown type", WireClient.Frame(2013, [.. new byte[4], 0, .. WireClient.UInt32(8), 0x55, (byte)'a', 0, 0]) },
        { "a string without an end", WireClient.Frame(2013, [.. new byte[4], 0, .. WireClient.UInt32(13), 2, (byte)'a', 0, .. WireClient.UInt32(1), 65, 0]) },
        { "a document nested a thousand deep", WireClient.Frame(2013, [.. new byte[4], 0, .. Nested(1000)]) },
        { "text that is not UTF-8", WireClient.Frame(2013, [.. new byte[4], 0, .. WireClient.UInt32(15), 2, (byte)'a', 0, .. WireClient.UInt32(3), 0xC3, 0x28, 0, 0]) },
        { "no $db", WireClient.Message(new BsonDocument("ping", 1)) },
    };

    private IMongoCollection<BsonDocument> Kept => _driver.GetDatabase("wire").GetCollection<BsonDocument>("kept");

    [Theory]
    [MemberData(nameof(Hopeless))]
    public async Task What_cannot_be_understood_closes_that_connection_only(string what, byte[] bytes)
    {
        using var client = await WireClient.ConnectAsync(_server, Cancel);

        await client.SendAsync(bytes, Cancel);

        (await client.ReceiveAsync(Cancel)).Should().BeNull(what);
        await ServerIsWellAsync();
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_is_framed_but_malformed_is_answered_with_an_error_and_the_connection_lives(string what, byte[] bytes)
    {
        using var client = await WireClient.ConnectAsync(_server, Cancel);

        await client.SendAsync(bytes, Cancel);

        (await client.ReceiveAsync(Cancel))!["ok"].ToDouble().Should().Be(0, what);
        (await client.RunAsync(Ping, Cancel))["ok"].ToDouble().Should().Be(1);
    }

    [Fact]
    public async Task A_message_cut_short_harms_nobody()
    {
        var whole = WireClient.Message(new BsonDocument { { "insert", "kept" }, { "documents", new BsonArray { new BsonDocument("_id", 2) } }, { "$db", "wire" } });
        foreach (var length in Enumerable.Range(1, whole.Length - 1))
        {
            using var client = await WireClient.ConnectAsync(_server, Cancel);
            await client.SendAsync(whole[..length], Cancel);
        }

        await ServerIsWellAsync();
        (await Kept.EstimatedDocumentCountAsync(cancellationToken: Cancel)).Should().Be(1);
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_a_reply_harms_nobody()
    {
        await _driver.GetDatabase("wire").GetCollection<BsonDocument>("large")
            .InsertManyAsync(Enumerable.Range(0, 8).Select(i => new BsonDocument { { "_id", i }, { "text", new string('x', 1_900_000) } }), cancellationToken: Cancel);
        for (var i = 0; i < 5; i++)
        {
            using var client = await WireClient.ConnectAsync(_server, Cancel);
            await client.SendAsync(WireClient.Message(new BsonDocument { { "find", "large" }, { "$db", "wire" } }), Cancel);
        }

        await ServerIsWellAsync();
    }

    [Fact]
    public async Task A_right_checksum_is_accepted()
    {
        using var client = await WireClient.ConnectAsync(_server, Cancel);
        var message = WireClient.Message(Ping, 1, 0, 0, 0, 0);
        var crc = message[..^4].Aggregate(uint.MaxValue, BitOperations.Crc32C);
        WireClient.UInt32(~crc).CopyTo(message.AsSpan(^4));

        await client.SendAsync(message, Cancel);

        (await client.ReceiveAsync(Cancel))!["ok"].ToDouble().Should().Be(1);
    }

    [Fact]
    public async Task Randomly_damaged_messages_never_harm_the_server_or_its_data()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("PROMETHEAN_TEST_SEED") ?? "20261123", CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var documents = new BsonDocument { { "_id", 7 }, { "list", new BsonArray { 1, "two", new BsonDocument("three", 3.0) } } }.ToBson();
        byte[] sequence = [1, .. WireClient.UInt32((uint)(4 + 10 + documents.Length)), .. "documents\0"u8, .. documents];
        byte[][] originals =
        [
            WireClient.Message(new BsonDocument { { "insert", "damaged" }, { "$db", "wire" } }, 0, sequence),
            WireClient.Message(BsonDocument.Parse("{ find: 'kept', filter: { _id: { $in: [1, 2] } }, sort: { _id: 1 }, limit: 3, $db: 'wire' }")),
            WireClient.Message(BsonDocument.Parse("{ update: 'damaged', updates: [{ q: { a: 1 }, u: { $inc: { b: 1 } }, upsert: true }], $db: 'wire' }")),
        ];
        for (var round = 0; round < 600; round++)
        {
            var bytes = (byte[])originals[round % originals.Length].Clone();
            for (var flips = random.Next(1, 5); flips > 0; flips--) bytes[random.Next(4, bytes.Length)] = (byte)random.Next(256);
            using var client = await WireClient.ConnectAsync(_server, Cancel);
            await client.SendAsync(bytes, Cancel);
            // A damaged flag may ask for no reply; the ping behind it is answered, or the connection closed.
            await client.SendAsync(WireClient.Message(Ping), Cancel);
            await client.ReceiveAsync(Cancel);
        }

        await ServerIsWellAsync();
        await _driver.GetDatabase("wire").GetCollection<BsonDocument>("damaged").Find("{}").ToListAsync(Cancel);
    }

    private static byte[] Nested(int depth)
    {
        byte[] document = [5, 0, 0, 0, 0];
        for (var i = 0; i < depth; i++) document = [.. WireClient.UInt32((uint)(document.Length + 8)), 3, (byte)'a', 0, .. document, 0];
        return document;
    }

    private async Task ServerIsWellAsync() =>
        (await Kept.Find("{ _id: 1 }").ToListAsync(Cancel)).Should().ContainSingle("the server goes on and its data is as it was");
}
