using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace Promethean.Mongo.Embedded.Tests.Wire;

/// <summary>The awaited and the streamed <c>hello</c>, as the specification of server monitoring describes them.</summary>
[Trait("Category", "Integration")]
public sealed class StreamingHelloTests : IAsyncLifetime
{
    private const uint ExhaustAllowed = 0x10000;
    private const uint MoreToCome = 2;

    private EmbeddedMongoServer _server = null!;
    private WireClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync(cancellationToken: Cancel);
        _client = await WireClient.ConnectAsync(_server, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Every_hello_tells_the_same_topology_version()
    {
        var first = await TopologyAsync();

        first["processId"].IsObjectId.Should().BeTrue();
        first["counter"].IsInt64.Should().BeTrue();
        (await TopologyAsync()).Should().BeEquivalentTo(first);
    }

    [Fact]
    public async Task One_that_knows_the_topology_waits_as_long_as_it_asked_to()
    {
        var known = await TopologyAsync();
        var started = TimeProvider.System.GetTimestamp();

        var reply = await _client.RunAsync(Awaited(known, 120), Cancel);

        reply["ok"].ToDouble().Should().Be(1);
        TimeProvider.System.GetElapsedTime(started).Should().BeGreaterThan(TimeSpan.FromMilliseconds(110));
    }

    [Fact]
    public async Task One_that_knows_another_process_is_answered_at_once()
    {
        var known = await TopologyAsync();
        known["processId"] = ObjectId.GenerateNewId();

        (await _client.RunAsync(Awaited(known, 3_600_000), Cancel))["ok"].ToDouble().Should().Be(1);
    }

    [Theory]
    [InlineData("{ hello: 1, maxAwaitTimeMS: 1 }", 31368)]
    [InlineData("{ hello: 1, topologyVersion: { processId: ObjectId('507f1f77bcf86cd799439011'), counter: NumberLong(0) } }", 31368)]
    [InlineData("{ hello: 1, maxAwaitTimeMS: 1, topologyVersion: { processId: ObjectId('507f1f77bcf86cd799439011'), counter: NumberLong(-1) } }", 31372)]
    [InlineData("{ hello: 1, maxAwaitTimeMS: 1, topologyVersion: { processId: 1, counter: NumberLong(1) } }", 14)]
    [InlineData("{ hello: 1, maxAwaitTimeMS: 1, topologyVersion: 1 }", 14)]
    public async Task Half_a_request_for_waiting_is_refused(string command, int code) =>
        (await _client.RunAsync(BsonDocument.Parse(command), Cancel))["code"].AsInt32.Should().Be(code);

    [Fact]
    public async Task A_topology_of_the_future_is_refused()
    {
        var known = await TopologyAsync();
        known["counter"] = 5L;

        (await _client.RunAsync(Awaited(known, 1), Cancel))["code"].AsInt32.Should().Be(31382);
    }

    [Fact]
    public async Task Where_the_client_allows_it_replies_follow_each_other_each_to_the_last()
    {
        var known = await TopologyAsync();
        known["processId"] = ObjectId.GenerateNewId();
        await _client.SendAsync(WireClient.Message(Awaited(known, 20), ExhaustAllowed), Cancel);

        var previous = 7;
        for (var i = 0; i < 4; i++)
        {
            var message = (await _client.ReceiveMessageAsync(Cancel))!.Value;
            message.Flags.Should().Be(MoreToCome);
            message.ResponseTo.Should().Be(previous);
            message.Body["isWritablePrimary"].AsBoolean.Should().BeTrue();
            previous = message.RequestId;
        }
    }

    [Fact]
    public async Task An_ordinary_command_is_answered_once_whatever_the_client_allows()
    {
        await _client.SendAsync(WireClient.Message(new BsonDocument { { "ping", 1 }, { "$db", "admin" } }, ExhaustAllowed), Cancel);
        await _client.SendAsync(WireClient.Message(new BsonDocument { { "hello", 1 }, { "$db", "admin" } }, ExhaustAllowed), Cancel);

        (await _client.ReceiveMessageAsync(Cancel))!.Value.Flags.Should().Be(0);
        var hello = (await _client.ReceiveMessageAsync(Cancel))!.Value;
        (hello.Flags, hello.Body.Contains("isWritablePrimary")).Should().Be((0u, true));
    }

    [Fact]
    public async Task Stopping_ends_a_stream_at_once()
    {
        await _client.SendAsync(WireClient.Message(Awaited(await TopologyAsync(), 3_600_000), ExhaustAllowed), Cancel);

        await _server.DisposeAsync();

        (await _client.ReceiveAsync(Cancel)).Should().BeNull();
    }

    [Fact]
    public async Task The_driver_streams_and_a_halted_clock_does_not_harm_it()
    {
        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { TimeProvider = new FakeTimeProvider() }, Cancel);
        var awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var settings = MongoClientSettings.FromConnectionString(server.ConnectionString);
        settings.HeartbeatInterval = TimeSpan.FromMilliseconds(500);
        settings.ClusterConfigurator = cluster => cluster.Subscribe<ServerHeartbeatSucceededEvent>(beat =>
        {
            if (beat.Awaited) awaited.TrySetResult();
        });
        using var driver = new MongoClient(settings);

        await driver.GetDatabase("admin").RunCommandAsync<BsonDocument>("{ ping: 1 }", cancellationToken: Cancel);

        await awaited.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancel);
    }

    [Fact]
    public async Task An_unacknowledged_write_gets_no_reply_and_is_done()
    {
        var insert = new BsonDocument { { "insert", "quiet" }, { "documents", new BsonArray { new BsonDocument("_id", 1) } }, { "writeConcern", new BsonDocument("w", 0) }, { "$db", "wire" } };
        await _client.SendAsync(WireClient.Message(insert, MoreToCome), Cancel);

        var count = await _client.RunAsync(new BsonDocument("count", "quiet"), Cancel);

        count["n"].ToInt32().Should().Be(1, "the next reply is that of the next command");
    }

    private static BsonDocument Awaited(BsonDocument known, long milliseconds) =>
        new() { { "hello", 1 }, { "topologyVersion", known }, { "maxAwaitTimeMS", milliseconds }, { "$db", "admin" } };

    private async Task<BsonDocument> TopologyAsync() => (await _client.RunAsync(new BsonDocument("hello", 1), Cancel))["topologyVersion"].AsBsonDocument;
}
