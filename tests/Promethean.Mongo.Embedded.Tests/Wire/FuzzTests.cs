using System.Diagnostics;
using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Wire;

/// <summary>
/// Random harm for a bounded time, beside a driver that behaves: every message is answered or its connection closed, the driver notices
/// nothing, what is stored stays as it is, and the server is never surprised. The seed is printed; PROMETHEAN_TEST_SEED sets another one,
/// PROMETHEAN_FUZZ_SECONDS how long each test may take.
/// </summary>
[Trait("Category", "Integration")]
public sealed class FuzzTests : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("PROMETHEAN_FUZZ_SECONDS") ?? "6", CultureInfo.InvariantCulture));

    private readonly int _seed = int.Parse(Environment.GetEnvironmentVariable("PROMETHEAN_TEST_SEED") ?? "20261125", CultureInfo.InvariantCulture);
    private readonly RecordedFailures _log = new();
    private readonly CancellationTokenSource _ending = new();
    private Random _random = null!;
    private EmbeddedMongoServer _server = null!;
    private MongoClient _driver = null!;
    private Task<int> _behaving = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static BsonDocument Ping => new() { { "ping", 1 }, { "$db", "admin" } };

    private static BsonDocument[] Commands { get; } =
    [
        BsonDocument.Parse("{ insert: 'damaged', documents: [{ _id: 1, a: [1, 'two', { b: 3.5 }] }, { c: ISODate('2026-01-01'), d: NumberDecimal('1.5') }], ordered: true, $db: 'fuzz' }"),
        BsonDocument.Parse("{ find: 'damaged', filter: { a: { $in: [1, 2], $elemMatch: { b: { $gt: 1 } } }, $or: [{ c: { $exists: true } }, { d: { $type: 'string' } }] }, sort: { _id: 1 }, projection: { a: { $slice: 2 }, e: '$a' }, limit: 3, $db: 'fuzz' }"),
        BsonDocument.Parse("{ update: 'damaged', updates: [{ q: { a: 1 }, u: { $inc: { b: 1 }, $push: { a: { $each: [1], $slice: -5, $sort: 1 } }, $currentDate: { t: true } }, upsert: true, arrayFilters: [] }], $db: 'fuzz' }"),
        BsonDocument.Parse("{ update: 'damaged', updates: [{ q: { _id: 5 }, u: [{ $set: { x: { $add: ['$y', 1] } } }, { $unset: 'z' }], multi: true }], $db: 'fuzz' }"),
        BsonDocument.Parse("{ delete: 'damaged', deletes: [{ q: { a: { $size: 3 }, b: { $mod: [4, 0] } }, limit: 1 }], $db: 'fuzz' }"),
        BsonDocument.Parse("{ findAndModify: 'damaged', query: { _id: 1 }, update: { $set: { 'a.$[x]': 1 } }, arrayFilters: [{ x: 1 }], new: true, fields: { a: 1 }, $db: 'fuzz' }"),
        BsonDocument.Parse("{ aggregate: 'damaged', pipeline: [{ $match: { a: 1 } }, { $unwind: { path: '$a', preserveNullAndEmptyArrays: true } }, { $group: { _id: '$b', n: { $sum: '$a' }, all: { $push: '$$ROOT' } } }, { $project: { v: { $cond: [{ $gt: ['$n', 1] }, { $concat: ['a', { $toString: '$n' }] }, null] } } }, { $sort: { n: -1 } }], cursor: { batchSize: 2 }, $db: 'fuzz' }"),
        BsonDocument.Parse("{ aggregate: 'damaged', pipeline: [{ $lookup: { from: 'damaged', localField: 'a', foreignField: '_id', as: 'j' } }, { $facet: { x: [{ $count: 'n' }], y: [{ $sample: { size: 1 } }] } }, { $addFields: { z: { $map: { input: '$x', as: 'i', in: { $multiply: ['$$i.n', 2] } } }, s: { $substrCP: ['abc', 0, 2] }, d: { $dateToString: { date: '$c', format: '%Y' } } } }], cursor: {}, $db: 'fuzz' }"),
        BsonDocument.Parse("{ createIndexes: 'damaged', indexes: [{ key: { a: 1, b: -1 }, name: 'ab', unique: false, partialFilterExpression: { a: { $gt: 1 } } }], $db: 'fuzz' }"),
        BsonDocument.Parse("{ count: 'damaged', query: { a: { $regex: '^a', $options: 'i' } }, skip: 1, limit: 2, $db: 'fuzz' }"),
        BsonDocument.Parse("{ distinct: 'damaged', key: 'a', query: { a: { $all: [1, { $elemMatch: { b: 1 } }] } }, $db: 'fuzz' }"),
        BsonDocument.Parse("{ explain: { find: 'damaged', filter: { a: 1 } }, verbosity: 'queryPlanner', $db: 'fuzz' }"),
        BsonDocument.Parse("{ getMore: NumberLong(12345), collection: 'damaged', batchSize: 2, $db: 'fuzz' }"),
        BsonDocument.Parse("{ listCollections: 1, filter: { name: 'damaged' }, nameOnly: true, cursor: {}, $db: 'fuzz' }"),
        BsonDocument.Parse("{ create: 'other', validator: { a: 1 }, $db: 'fuzz' }"),
        BsonDocument.Parse("{ hello: 1, client: { driver: { name: 'x', version: '1' } }, saslSupportedMechs: 'admin.x', $db: 'admin' }"),
        BsonDocument.Parse("{ saslStart: 1, mechanism: 'SCRAM-SHA-256', payload: BinData(0, 'biwsbj1hLHI9eA=='), options: { skipEmptyExchange: true }, $db: 'admin' }"),
        BsonDocument.Parse("{ insert: 'damaged', documents: [{ z: 1 }], lsid: { id: UUID('00112233-4455-6677-8899-aabbccddeeff') }, txnNumber: NumberLong(1), writeConcern: { w: 1 }, $clusterTime: { clusterTime: { $timestamp: { t: 1, i: 1 } } }, $db: 'fuzz' }"),
    ];

    public async ValueTask InitializeAsync()
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"PROMETHEAN_TEST_SEED={_seed}");
        _random = new Random(_seed);
        _server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { LoggerFactory = _log }, Cancel);
        _driver = new MongoClient(_server.ConnectionString);
        await _driver.GetDatabase("kept").GetCollection<BsonDocument>("kept").InsertManyAsync(Kept, cancellationToken: Cancel);
        _behaving = BehaveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _ending.Dispose();
        _driver.Dispose();
        await _server.DisposeAsync();
        _log.Dispose();
    }

    private static IEnumerable<BsonDocument> Kept => Enumerable.Range(0, 20).Select(i => new BsonDocument { { "_id", i }, { "text", $"kept {i}" }, { "list", new BsonArray { i, i * 0.5 } } });

    [Fact]
    public async Task Any_byte_of_any_message_may_be_wrong()
    {
        var messages = Messages();
        var rounds = 0;
        var started = TimeProvider.System.GetTimestamp();
        for (var position = 0; TimeProvider.System.GetElapsedTime(started) < Budget; position++)
        {
            foreach (var message in messages.Where(message => position < message.Length))
            {
                var damaged = (byte[])message.Clone();
                damaged[position] = (byte)_random.Next(256);
                for (var more = _random.Next(3); more > 0; more--) damaged[_random.Next(16, damaged.Length)] = _random.Next(4) == 0 ? (byte)0xFF : (byte)_random.Next(256);
                await ProvokeAsync(damaged);
                rounds++;
            }

            if (position == messages.Max(message => message.Length)) position = -1;
        }

        rounds.Should().BeGreaterThan(200);
        await AllIsWellAsync();
    }

    [Fact]
    public async Task Any_message_may_be_cut_or_claim_another_length()
    {
        var messages = Messages();
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < Budget / 2)
        {
            var message = (byte[])messages[_random.Next(messages.Length)].Clone();
            switch (_random.Next(3))
            {
                case 0:
                    message = message[.._random.Next(message.Length)];
                    break;
                case 1:
                    WireClient.UInt32((uint)_random.Next(-10, 2 * message.Length)).CopyTo(message, 0);
                    break;
                default:
                    // Any length within: of the body, of a nested document, of a string.
                    WireClient.UInt32(_random.Next(3) == 0 ? uint.MaxValue : (uint)_random.Next(2 * message.Length)).CopyTo(message, _random.Next(16, message.Length - 4));
                    break;
            }

            await ProvokeAsync(message);
        }

        await AllIsWellAsync();
    }

    [Fact]
    public async Task Any_value_of_any_command_may_be_of_any_kind()
    {
        var hostile = new HostileBson(_random);
        var broken = new List<string>();
        var answered = 0;
        var started = TimeProvider.System.GetTimestamp();
        using var client = await WireClient.ConnectAsync(_server, Cancel);
        while (TimeProvider.System.GetElapsedTime(started) < Budget)
        {
            var command = hostile.Spoil(Commands[_random.Next(Commands.Length)]);
            await client.SendAsync(WireClient.Message(command), Cancel);
            var reply = await client.ReceiveAsync(Cancel).WaitAsync(Guard, TimeProvider.System, Cancel);
            if (reply is null || reply.GetValue("code", 0) == 1) broken.Add($"{command.ToJson()}\n  {reply}\n  {_log.Failures.LastOrDefault()}");
            reply.Should().NotBeNull("{0}", command.ToJson());
            answered++;
        }

        broken.Should().BeEmpty("the server expects everything; seed {0}", _seed);
        answered.Should().BeGreaterThan(500);
        await AllIsWellAsync();
    }

    [Fact]
    public async Task Clients_may_leave_at_any_moment_hundreds_at_a_time()
    {
        var messages = Messages();
        await _driver.GetDatabase("fuzz").GetCollection<BsonDocument>("large")
            .InsertManyAsync(Enumerable.Range(0, 6).Select(i => new BsonDocument { { "_id", i }, { "text", new string('x', 1_900_000) } }), cancellationToken: Cancel);
        var large = WireClient.Message(new BsonDocument { { "find", "large" }, { "$db", "fuzz" } });

        await Parallel.ForAsync(0, 500, new ParallelOptions { MaxDegreeOfParallelism = 500, CancellationToken = Cancel }, async (i, cancellationToken) =>
        {
            var client = await WireClient.ConnectAsync(_server, cancellationToken);
            var message = i % 20 == 0 ? large : messages[i % messages.Length];
            // A whole message, the half of one, or nothing; some wait for an answer.
            await client.TrySendAsync(message[..(message.Length / ((i % 2) + 1))], cancellationToken);
            if (i % 4 == 0) await client.ReceiveAsync(cancellationToken).WaitAsync(Guard, TimeProvider.System, cancellationToken);
            client.Abort();
        });

        await AllIsWellAsync();
    }

    [Fact]
    public async Task Five_hundred_connections_at_once_are_served()
    {
        using var all = new CountdownEvent(500);
        await Parallel.ForAsync(0, 500, new ParallelOptions { MaxDegreeOfParallelism = 500, CancellationToken = Cancel }, async (i, cancellationToken) =>
        {
            using var client = await WireClient.ConnectAsync(_server, cancellationToken);
            all.Signal();
            // None leaves before all are there.
            await Eventually.HoldsAsync(() => Task.FromResult(all.IsSet), cancellationToken);
            (await client.RunAsync(Ping, cancellationToken).WaitAsync(Guard, TimeProvider.System, cancellationToken))["ok"].ToDouble().Should().Be(1);
        });

        await AllIsWellAsync();
    }

    private static byte[][] Messages()
    {
        var documents = new BsonDocument { { "_id", 7 }, { "list", new BsonArray { 1, "two", new BsonDocument("three", 3.0) } } }.ToBson();
        byte[] sequence = [1, .. WireClient.UInt32((uint)(4 + 10 + documents.Length)), .. "documents\0"u8, .. documents];
        byte[] query = [.. new byte[4], .. "admin.$cmd\0"u8, .. new byte[4], .. WireClient.UInt32(uint.MaxValue), .. new BsonDocument { { "isMaster", 1 }, { "helloOk", true } }.ToBson()];
        return
        [
            .. Commands.Select(command => WireClient.Message(command)),
            WireClient.Message(new BsonDocument { { "insert", "damaged" }, { "$db", "fuzz" } }, 0, sequence),
            WireClient.Frame(2004, query),
        ];
    }

    /// <summary>Sends bytes and a ping behind them; the server answers what it likes, and must close the connection once we have.</summary>
    private async Task ProvokeAsync(byte[] bytes)
    {
        using var client = await WireClient.ConnectAsync(_server, Cancel);
        await client.TrySendAsync([.. bytes, .. WireClient.Message(Ping)], Cancel);
        try
        {
            await client.EndAsync(Cancel).WaitAsync(Guard, TimeProvider.System, Cancel);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"Neither answered nor closed, seed {_seed}: {Convert.ToHexString(bytes)}");
        }

        client.Abort();
    }

    /// <summary>A driver that works all the while; how often it did.</summary>
    private async Task<int> BehaveAsync()
    {
        var collection = _driver.GetDatabase("behaving").GetCollection<BsonDocument>("own");
        var rounds = 0;
        for (; !_ending.IsCancellationRequested; rounds++)
        {
            await collection.InsertOneAsync(new BsonDocument { { "_id", rounds }, { "n", rounds } }, cancellationToken: Cancel);
            var found = await collection.FindOneAndDeleteAsync(new BsonDocument("_id", rounds), cancellationToken: Cancel);
            if (found["n"].AsInt32 != rounds) throw new UnreachableException("another document than was asked for");
            await Task.Yield();
        }

        return rounds;
    }

    private async Task AllIsWellAsync()
    {
        await _ending.CancelAsync();
        (await _behaving).Should().BeGreaterThan(0, "a driver that behaves notices nothing");
        (await _driver.GetDatabase("kept").GetCollection<BsonDocument>("kept").Find("{}").Sort("{ _id: 1 }").ToListAsync(Cancel)).Should().Equal(Kept, "nobody touched these");
        _log.Failures.Should().BeEmpty("the server expects everything; seed {0}", _seed);
    }
}
