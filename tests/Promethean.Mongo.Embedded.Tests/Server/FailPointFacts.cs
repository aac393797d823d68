using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>
/// Fail points ("failCommand" in the specifications for MongoDB's drivers), each for one client by its application name; a real
/// replica set needs <c>--setParameter enableTestCommands=1</c>.
/// </summary>
[Trait("Category", "Integration")]
public abstract class FailPointFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private readonly string _application = $"facts {Guid.NewGuid():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_fails_as_often_as_asked_and_then_succeeds()
    {
        var collection = NewCollection(retries: false);
        await FailAsync("{ times: 2 }", "{ failCommands: ['insert'], errorCode: 8000 }");

        var codes = new List<int>();
        for (var i = 0; i < 3; i++) codes.Add(await CodeOfAsync(() => collection.InsertOneAsync(new BsonDocument("_id", i), cancellationToken: Cancel)));

        codes.Should().Equal(8000, 8000, 0);
        (await collection.Find("{}").ToListAsync(Cancel)).Should().ContainSingle();
    }

    [Fact]
    public async Task Skipped_commands_succeed_before_the_first_fails_until_it_is_switched_off()
    {
        var collection = NewCollection(retries: false);
        await FailAsync("{ skip: 1 }", "{ failCommands: ['find'], errorCode: 8000 }");

        var first = await CodeOfAsync(() => collection.Find("{}").ToListAsync(Cancel));
        var second = await CodeOfAsync(() => collection.Find("{}").ToListAsync(Cancel));
        var fired = await target.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>("{ configureFailPoint: 'failCommand', mode: 'off' }", cancellationToken: Cancel);
        var third = await CodeOfAsync(() => collection.Find("{}").ToListAsync(Cancel));

        new[] { first, second, third }.Should().Equal(0, 8000, 0);
        fired["count"].ToInt64().Should().BeGreaterThan(0);
    }

    [Fact]
    public async Task Other_applications_are_not_concerned()
    {
        var mine = NewCollection(retries: false);
        var others = target.NewCollection();
        await FailAsync("'alwaysOn'", "{ failCommands: ['find'], errorCode: 8000 }");

        var concerned = await CodeOfAsync(() => mine.Find("{}").ToListAsync(Cancel));
        var spared = await CodeOfAsync(() => others.Find("{}").ToListAsync(Cancel));
        await OffAsync();

        (concerned, spared).Should().Be((8000, 0));
    }

    [Theory]
    [InlineData("{ failCommands: ['insert'], closeConnection: true }")]
    [InlineData("{ failCommands: ['insert'], errorCode: 189 }")]
    [InlineData("{ failCommands: ['insert'], errorCode: 91 }")]
    [InlineData("{ failCommands: ['insert'], errorCode: 8000, errorLabels: ['RetryableWriteError'] }")]
    [InlineData("{ failCommands: ['insert'], writeConcernError: { code: 91, errmsg: 'stepping down' }, errorLabels: ['RetryableWriteError'] }")]
    public async Task The_driver_hides_one_failure_of_a_retryable_write(string data)
    {
        var collection = NewCollection(retries: true);
        await FailAsync("{ times: 1 }", data);

        await collection.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Cancel);

        (await collection.Find("{}").ToListAsync(Cancel)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_write_concern_error_is_told_of_a_write_that_was_done()
    {
        var collection = NewCollection(retries: false);
        await FailAsync("{ times: 1 }", "{ failCommands: ['insert'], writeConcernError: { code: 64, codeName: 'WriteConcernFailed', errmsg: 'waiting timed out' } }");

        var failure = (await collection.Awaiting(c => c.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Cancel)).Should().ThrowAsync<MongoWriteException>()).Which;

        failure.WriteConcernError.Code.Should().Be(64);
        (await collection.Find("{}").ToListAsync(Cancel)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_write_whose_reply_is_lost_is_carried_out_once_when_it_is_retried()
    {
        var collection = NewCollection(retries: true);
        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, n: 0 }"), cancellationToken: Cancel);
        await ConfigureAsync("onPrimaryTransactionalWrite", "{ times: 1 }", []);

        await collection.UpdateOneAsync("{ _id: 1 }", "{ $inc: { n: 1 } }", cancellationToken: Cancel);

        (await collection.Find("{}").SingleAsync(Cancel))["n"].AsInt32.Should().Be(1);
    }

    [Fact]
    public async Task A_getMore_fails_after_the_cursor_was_found()
    {
        var collection = NewCollection(retries: false);
        await collection.InsertManyAsync(Enumerable.Range(0, 5).Select(i => new BsonDocument("_id", i)), cancellationToken: Cancel);
        await ConfigureAsync("failGetMoreAfterCursorCheckout", "{ times: 1 }", BsonDocument.Parse("{ errorCode: 280 }"));

        (await CodeOfAsync(() => collection.Find("{}", new FindOptions { BatchSize = 2 }).ToListAsync(Cancel))).Should().Be(280);
    }

    [Fact]
    public async Task A_blocked_command_is_late_and_still_right()
    {
        var collection = NewCollection(retries: false);
        await FailAsync("{ times: 1 }", "{ failCommands: ['find'], blockConnection: true, blockTimeMS: 100 }");
        var started = TimeProvider.System.GetTimestamp();

        var found = await collection.Find("{}").ToListAsync(Cancel);

        found.Should().BeEmpty();
        TimeProvider.System.GetElapsedTime(started).Should().BeGreaterThan(TimeSpan.FromMilliseconds(90));
    }

    [Fact]
    public async Task An_unknown_fail_point_is_refused()
    {
        _ = target.NewCollection();
        (await CodeOfAsync(() => target.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>("{ configureFailPoint: 'noSuchPoint', mode: 'alwaysOn' }", cancellationToken: Cancel)))
            .Should().Be(92);
    }

    private IMongoCollection<BsonDocument> NewCollection(bool retries)
    {
        var name = target.NewCollection().CollectionNamespace;
        var settings = target.Client.Settings.Clone();
        settings.ApplicationName = _application;
        settings.RetryReads = retries;
        settings.RetryWrites = retries;
        return new MongoClient(settings).GetDatabase(name.DatabaseNamespace.DatabaseName).GetCollection<BsonDocument>(name.CollectionName);
    }

    private Task FailAsync(string mode, string data) => ConfigureAsync("failCommand", mode, BsonDocument.Parse(data).Add("appName", _application));

    private Task OffAsync() => ConfigureAsync("failCommand", "'off'", []);

    private async Task ConfigureAsync(string failPoint, string mode, BsonDocument data) =>
        await target.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(
            BsonDocument.Parse($"{{ configureFailPoint: '{failPoint}', mode: {mode} }}").Add("data", data), cancellationToken: Cancel);

    private static async Task<int> CodeOfAsync(Func<Task> work)
    {
        try
        {
            await work();
            return 0;
        }
        catch (MongoCommandException refused)
        {
            return refused.Code;
        }
    }
}
