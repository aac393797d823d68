using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Tests.Wire;

/// <summary>Sessions, retries and transactions command by command, as no driver would send them ("Server Sessions" in MongoDB's manual).</summary>
[Trait("Category", "Integration")]
public sealed class SessionProtocolTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
    private readonly BsonDocument _lsid = new("id", new BsonBinaryData(Guid.NewGuid(), GuidRepresentation.Standard));
    private readonly TemporaryDirectory _directory = new();
    private EmbeddedMongoServer _server = null!;
    private WireClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_write_retried_after_a_restart_is_answered_but_not_repeated()
    {
        await RunAsync("{ insert: 'c', documents: [{ _id: 1, n: 0 }] }");
        var update = "{ update: 'c', updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } } }] }";
        var change = "{ findAndModify: 'c', query: { _id: 1 }, update: { $inc: { n: 1 } }, new: true }";
        await RunAsync(update, 1);
        var changed = await RunAsync(change, 2);

        await StopAsync();
        await StartAsync();
        var again = await RunAsync(change, 2);
        var tooOld = await RunAsync(update, 1);

        again["value"].Should().Be(changed["value"]);
        again["retriedStmtId"].AsInt32.Should().Be(0);
        tooOld["code"].AsInt32.Should().Be(225);
        (await RunAsync("{ find: 'c' }"))["cursor"]["firstBatch"][0]["n"].ToInt32().Should().Be(2);
    }

    [Fact]
    public async Task A_write_too_large_for_one_record_of_the_log_is_told_in_order_and_remembered_whole()
    {
        BsonDocument Insert() => new()
        {
            { "insert", "c" },
            { "documents", new BsonArray(Enumerable.Range(1, 5).Select(i => new BsonDocument { { "_id", i }, { "bytes", new byte[700_000] } })) },
            { "lsid", _lsid },
            { "txnNumber", 1L },
        };
        var token = (await RunAsync("{ aggregate: 'c', pipeline: [{ $changeStream: {} }], cursor: {} }"))["cursor"]["postBatchResumeToken"];
        await _client.RunAsync(Insert(), Cancel);

        await StopAsync();
        await StartAsync();
        var retried = await _client.RunAsync(Insert(), Cancel);
        BsonDocument[] stages = [new("$changeStream", new BsonDocument("resumeAfter", token)), BsonDocument.Parse("{ $project: { documentKey: 1, clusterTime: 1 } }")];
        var told = (await _client.RunAsync(new BsonDocument { { "aggregate", "c" }, { "pipeline", new BsonArray(stages) }, { "cursor", new BsonDocument() } }, Cancel))["cursor"]["firstBatch"].AsBsonArray;

        retried["retriedStmtIds"].AsBsonArray.Should().Equal(0, 1, 2, 3, 4);
        told.Select(one => one["documentKey"]["_id"].AsInt32).Should().Equal(1, 2, 3, 4, 5);
        told.Select(one => one["clusterTime"].AsBsonTimestamp).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Only_the_statements_that_were_not_done_are_done_by_a_retry()
    {
        await RunAsync("{ insert: 'c', documents: [{ _id: 1 }, { _id: 2 }], stmtIds: [4, 5] }", 1);

        var retried = await RunAsync("{ insert: 'c', documents: [{ _id: 2 }, { _id: 3 }], stmtIds: [5, 6] }", 1);

        retried["n"].ToInt32().Should().Be(2);
        retried["retriedStmtIds"].AsBsonArray.Should().Equal(5);
        (await RunAsync("{ count: 'c' }"))["n"].ToInt32().Should().Be(3);
    }

    [Fact]
    public async Task A_commit_is_answered_again_even_after_a_restart()
    {
        await InTransactionAsync("{ insert: 'c', documents: [{ _id: 1 }] }", 1, starts: true);
        (await CommitAsync(1))["ok"].ToDouble().Should().Be(1);
        (await CommitAsync(1))["ok"].ToDouble().Should().Be(1);

        await StopAsync();
        await StartAsync();

        (await CommitAsync(1))["ok"].ToDouble().Should().Be(1);
        (await AbortAsync(1))["code"].AsInt32.Should().Be(256);
        (await InTransactionAsync("{ find: 'c' }", 1))["code"].AsInt32.Should().Be(256);
        (await RunAsync("{ count: 'c' }"))["n"].ToInt32().Should().Be(1);
    }

    [Fact]
    public async Task An_open_transaction_does_not_survive_a_restart()
    {
        await RunAsync("{ create: 'c' }");
        await InTransactionAsync("{ insert: 'c', documents: [{ _id: 1 }] }", 1, starts: true);

        await StopAsync();
        await StartAsync();
        var commit = await CommitAsync(1);

        commit["code"].AsInt32.Should().Be(251);
        commit["errorLabels"].AsBsonArray.Should().Equal("TransientTransactionError");
        (await RunAsync("{ count: 'c' }"))["n"].ToInt32().Should().Be(0);
    }

    [Fact]
    public async Task Numbers_of_transactions_only_grow()
    {
        await InTransactionAsync("{ insert: 'c', documents: [{ _id: 1 }] }", 2, starts: true);

        (await InTransactionAsync("{ insert: 'c', documents: [{ _id: 2 }] }", 2, starts: true))["code"].AsInt32.Should().Be(117);
        (await InTransactionAsync("{ insert: 'c', documents: [{ _id: 2 }] }", 1, starts: true))["code"].AsInt32.Should().Be(225);
        (await InTransactionAsync("{ insert: 'c', documents: [{ _id: 2 }] }", 3))["code"].AsInt32.Should().Be(251);
        (await InTransactionAsync("{ find: 'c' }", 2))["cursor"]["firstBatch"].AsBsonArray.Should().ContainSingle();
        (await InTransactionAsync("{ find: 'c' }", 4, starts: true))["cursor"]["firstBatch"].AsBsonArray.Should().BeEmpty("the earlier transaction is aborted");
        (await CommitAsync(2))["code"].AsInt32.Should().Be(225);
    }

    [Fact]
    public async Task A_transaction_left_open_too_long_is_aborted_and_lets_others_write()
    {
        await RunAsync("{ insert: 'c', documents: [{ _id: 1 }] }");
        await InTransactionAsync("{ update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { a: 1 } } }] }", 1, starts: true);
        var impatient = await RunAsync("{ ping: 1 }");
        using var other = await WireClient.ConnectAsync(_server, Cancel);
        var waiting = other.RunAsync(BsonDocument.Parse("{ update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { b: 1 } } }] }"), Cancel);

        _time.Advance(TimeSpan.FromSeconds(59));
        (await InTransactionAsync("{ find: 'c' }", 1))["ok"].ToDouble().Should().Be(1);
        _time.Advance(TimeSpan.FromSeconds(7));

        impatient["ok"].ToDouble().Should().Be(1);
        (await waiting)["nModified"].AsInt32.Should().Be(1);
        (await CommitAsync(1))["code"].AsInt32.Should().Be(251);
        (await RunAsync("{ find: 'c' }"))["cursor"]["firstBatch"][0].Should().Be(BsonDocument.Parse("{ _id: 1, b: 1 }"));
    }

    [Fact]
    public async Task A_write_that_may_not_wait_any_longer_says_so()
    {
        await RunAsync("{ insert: 'c', documents: [{ _id: 1 }] }");
        await InTransactionAsync("{ update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { a: 1 } } }] }", 1, starts: true);
        using var other = await WireClient.ConnectAsync(_server, Cancel);
        var waiting = other.RunAsync(BsonDocument.Parse("{ delete: 'c', deletes: [{ q: { _id: 1 }, limit: 1 }], maxTimeMS: 100 }"), Cancel);

        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(20));
                return Task.FromResult(waiting.IsCompleted);
            },
            Cancel);

        (await waiting)["code"].AsInt32.Should().Be(50);
    }

    [Theory]
    [InlineData("endSessions")]
    [InlineData("killSessions")]
    [InlineData("killAllSessions")]
    [InlineData("killAllSessionsByPattern")]
    public async Task Sessions_that_are_ended_take_their_transactions_and_cursors_along(string command)
    {
        await RunAsync("{ insert: 'c', documents: [{ _id: 1 }, { _id: 2 }] }");
        var cursor = (await RunAsync("{ find: 'c', batchSize: 1 }", session: true))["cursor"]["id"];
        await InTransactionAsync("{ insert: 'c', documents: [{ _id: 3 }] }", 1, starts: true);

        BsonArray sessions = command switch { "killAllSessions" => [], "killAllSessionsByPattern" => [new BsonDocument("lsid", _lsid)], _ => [_lsid] };
        (await _client.RunAsync(new BsonDocument { { command, sessions }, { "$db", "admin" } }, Cancel))["ok"].ToDouble().Should().Be(1);

        (await CommitAsync(1))["code"].AsInt32.Should().Be(251);
        (await _client.RunAsync(new BsonDocument { { "getMore", cursor }, { "collection", "c" } }, Cancel))["code"].AsInt32.Should().Be(43);
        (await RunAsync("{ count: 'c' }"))["n"].ToInt32().Should().Be(2);
    }

    [Fact]
    public async Task A_session_lives_half_an_hour_after_its_last_use_or_refresh()
    {
        await RunAsync("{ insert: 'c', documents: [{ _id: 1, n: 0 }, { _id: 2 }] }");
        var update = "{ update: 'c', updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } } }] }";
        await RunAsync(update, 1);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(20));
            await _client.RunAsync(new BsonDocument("refreshSessions", new BsonArray { _lsid }), Cancel);
        }

        var refreshed = await RunAsync(update, 1);
        _time.Advance(TimeSpan.FromMinutes(31));
        var forgotten = await RunAsync(update, 1);

        refreshed.Contains("retriedStmtIds").Should().BeTrue();
        forgotten.Contains("retriedStmtIds").Should().BeFalse();
        (await _client.RunAsync(new BsonDocument("startSession", 1), Cancel))["timeoutMinutes"].AsInt32.Should().Be(30);
    }

    [Fact]
    public async Task A_cursor_of_a_transaction_is_not_read_outside_of_it()
    {
        await RunAsync("{ insert: 'c', documents: [{ _id: 1 }, { _id: 2 }] }");
        var id = (await InTransactionAsync("{ find: 'c', batchSize: 1 }", 1, starts: true))["cursor"]["id"];

        (await _client.RunAsync(new BsonDocument { { "getMore", id }, { "collection", "c" } }, Cancel))["code"].AsInt32.Should().Be(50741);
    }

    [Fact]
    public async Task A_waiting_getMore_returns_after_its_time_with_a_token_that_has_advanced()
    {
        var opened = (await RunAsync("{ aggregate: 'c', pipeline: [{ $changeStream: {} }], cursor: {} }"))["cursor"];
        var getMore = new BsonDocument { { "getMore", opened["id"] }, { "collection", "c" }, { "maxTimeMS", 5_000 } };
        var waiting = _client.RunAsync(getMore, Cancel);

        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(waiting.IsCompleted);
            },
            Cancel);

        var batch = (await waiting)["cursor"];
        batch["nextBatch"].AsBsonArray.Should().BeEmpty();
        batch["id"].Should().Be(opened["id"]);
        string.CompareOrdinal(batch["postBatchResumeToken"]["_data"].AsString, opened["postBatchResumeToken"]["_data"].AsString).Should().BePositive();
    }

    [Fact]
    public async Task A_cursor_that_waits_longer_than_one_may_lie_unused_is_not_closed()
    {
        var opened = (await RunAsync("{ aggregate: 'c', pipeline: [{ $changeStream: {} }], cursor: {} }"))["cursor"];
        var waiting = _client.RunAsync(new BsonDocument { { "getMore", opened["id"] }, { "collection", "c" }, { "maxTimeMS", 1_500_000 } }, Cancel);

        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                return Task.FromResult(waiting.IsCompleted);
            },
            Cancel);

        (await waiting)["cursor"]["id"].Should().Be(opened["id"]);
    }

    [Fact]
    public async Task A_waiting_getMore_ends_when_its_cursor_is_killed()
    {
        using var other = await WireClient.ConnectAsync(_server, Cancel);
        var code = 0;
        await Eventually.HoldsAsync(
            async () =>
            {
                var id = (await RunAsync("{ aggregate: 'c', pipeline: [{ $changeStream: {} }], cursor: {} }"))["cursor"]["id"];
                var waiting = other.RunAsync(new BsonDocument { { "getMore", id }, { "collection", "c" }, { "maxTimeMS", 60_000 } }, Cancel);
                await RunAsync("{ ping: 1 }");
                await _client.RunAsync(new BsonDocument { { "killCursors", "c" }, { "cursors", new BsonArray { id } } }, Cancel);
                code = (await waiting)["code"].AsInt32;
                // Where the kill comes first, the cursor is not found.
                return code != 43;
            },
            Cancel);

        code.Should().Be(237);
    }

    private async Task StartAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { TimeProvider = _time, DataDirectory = _directory.Path }, Cancel);
        _client = await WireClient.ConnectAsync(_server, Cancel);
    }

    private async Task StopAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    private Task<BsonDocument> RunAsync(string command, long? number = null, bool session = false)
    {
        var body = BsonDocument.Parse(command);
        if (number is not null || session) body.Add("lsid", _lsid);
        if (number is not null) body.Add("txnNumber", number);
        return _client.RunAsync(body, Cancel);
    }

    private Task<BsonDocument> InTransactionAsync(string command, long number, bool starts = false)
    {
        var body = BsonDocument.Parse(command).Add("lsid", _lsid).Add("txnNumber", number).Add("autocommit", false);
        if (starts) body.Add("startTransaction", true);
        return _client.RunAsync(body, Cancel);
    }

    private Task<BsonDocument> CommitAsync(long number) => InTransactionAsync("{ commitTransaction: 1, $db: 'admin' }", number);

    private Task<BsonDocument> AbortAsync(long number) => InTransactionAsync("{ abortTransaction: 1, $db: 'admin' }", number);
}
