using Microsoft.Extensions.Time.Testing;
using MongoDB.Driver;

namespace Promethean.Broker.Server.Mongo.Tests;

/// <summary>One collection, one broker.</summary>
[Trait("Category", "Integration")]
public sealed class OwnerLeaseTests(MongoFixture mongo) : IClassFixture<MongoFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_broker_is_refused_while_the_first_lives()
    {
        var collection = mongo.NewCollection();
        await using var first = mongo.Journal(collection, lease: TimeSpan.FromSeconds(3));
        await Sample.ReadAsync(first);
        await using var second = mongo.Journal(collection, lease: TimeSpan.FromSeconds(3));
        var start = () => Sample.ReadAsync(second);
        (await start.Should().ThrowAsync<TaskJournalException>())
            .WithMessage($"*'{collection}' is in use by another broker ({Environment.MachineName}, process {Environment.ProcessId}), which is alive*");
        await first.WriteAsync([new(Sample.Task(), true)], Token);
    }

    [Fact]
    public async Task A_broker_that_ended_cleanly_is_not_waited_for()
    {
        var collection = mongo.NewCollection();
        await using (var first = mongo.Journal(collection, lease: TimeSpan.FromMinutes(10)))
        {
            await Sample.ReadAsync(first);
        }

        // Time stands still, so any wait would never end.
        await using var second = mongo.Journal(collection, lease: TimeSpan.FromMinutes(10), time: new FakeTimeProvider());
        await Sample.ReadAsync(second);
    }

    [Fact]
    public async Task A_broker_that_was_taken_for_dead_writes_nothing_any_more()
    {
        var collection = mongo.NewCollection();
        // The first's clock stands still: it says nothing more, like a process that is stopped, and believes in its lease.
        await using var first = mongo.Journal(collection, time: new FakeTimeProvider());
        await Sample.ReadAsync(first);
        await first.WriteAsync([new(Sample.Task("t1"), true)], Token);
        var time = new FakeTimeProvider();
        await using var second = mongo.Journal(collection, time: time);
        var starting = Sample.ReadAsync(second);
        while (!starting.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await starting).Should().ContainSingle();
        time.GetUtcNow().Should().BeAfter(new FakeTimeProvider().GetUtcNow() + TimeSpan.FromSeconds(9), "it waited for the whole lease");
        await second.WriteAsync([new(Sample.Task("t1") with { Attempts = 9 }, false)], Token);

        var change = async () => await first.WriteAsync([new(Sample.Task("t1") with { Attempts = 4 }, false)], Token);
        await change.Should().ThrowAsync<TaskJournalLostException>();
        var repeat = async () => await first.WriteAsync([new(Sample.Task("t1"), true)], Token);
        await repeat.Should().ThrowAsync<TaskJournalLostException>();
        (await mongo.Tasks(collection).Find("{ _id: 't1' }").SingleAsync(Token))["attempts"].AsInt32.Should().Be(9);
    }

    [Fact]
    public async Task A_broker_that_is_not_sure_asks_before_it_writes()
    {
        var collection = mongo.NewCollection();
        var time = new FakeTimeProvider();
        var owners = mongo.Tasks(collection + "_owner");
        var lease = new OwnerLease(owners, collection, TimeSpan.FromSeconds(10), time);
        await lease.AcquireAsync((_, _) => { }, Token);
        await owners.UpdateOneAsync("{}", Builders<MongoDB.Bson.BsonDocument>.Update.Inc("token", 1L), cancellationToken: Token);

        time.Advance(TimeSpan.FromSeconds(8));
        await lease.EnsureAsync(Token);
        time.Advance(TimeSpan.FromSeconds(1));
        var ask = () => lease.EnsureAsync(Token);
        await ask.Should().ThrowAsync<TaskJournalLostException>();
    }

    [Fact]
    public async Task A_broker_that_was_cut_off_goes_on_where_nobody_took_over()
    {
        var collection = mongo.NewCollection();
        var time = new FakeTimeProvider();
        await using var journal = mongo.Journal(collection, time: time);
        await Sample.ReadAsync(journal);
        time.Advance(TimeSpan.FromHours(1));
        await journal.WriteAsync([new(Sample.Task(), true)], Token);
    }

    [Fact]
    public async Task Of_many_that_start_at_once_one_gets_the_collection()
    {
        var collection = mongo.NewCollection();
        var owners = mongo.Tasks(collection + "_owner");
        var time = new FakeTimeProvider();
        var leases = Enumerable.Range(0, 8).Select(_ => new OwnerLease(owners, collection, TimeSpan.FromSeconds(10), time)).ToList();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var starts = leases.Select(lease => lease.AcquireAsync((_, _) => { }, end.Token)).ToList();
        await await Task.WhenAny(starts);
        await end.CancelAsync();
        await Task.WhenAll(starts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        starts.Count(start => start.IsCompletedSuccessfully).Should().Be(1);
        leases.Should().ContainSingle(lease => lease.Token > 0);
    }
}
