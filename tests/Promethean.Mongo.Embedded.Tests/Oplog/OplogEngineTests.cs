using System.Collections.Immutable;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Oplog;
using Promethean.Mongo.Embedded.Sessions;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Storage.Memory;

namespace Promethean.Mongo.Embedded.Tests.Oplog;

public sealed class OplogEngineTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_of_work_that_fails_is_logged_however_much_it_had_written()
    {
        var clock = new ClusterClock(TimeProvider.System);
        await using var engine = await OplogEngine.OpenAsync(new MemoryEngine(), clock, TimeProvider.System, new OplogLimits(100_000_000, 1000));
        var collection = await CreateAsync(engine);
        var before = clock.Committed;
        var changed = engine.Changed;

        await FluentActions.Awaiting(() => engine.WriteAsync<int>(
            transaction =>
            {
                // More than one record's worth.
                for (var i = 0; i < 4; i++) transaction.Insert(collection, new BsonDocument { { "_id", i }, { "bytes", new byte[700_000] } }.ToBson());
                throw new InvalidOperationException("Work that fails.");
            },
            Cancel).AsTask()).Should().ThrowAsync<InvalidOperationException>();

        changed.IsCompleted.Should().BeFalse();
        clock.Committed.Should().Be(before);
        await engine.WriteAsync(transaction => transaction.Insert(collection, new BsonDocument("_id", 9).ToBson()), Cancel);
        changed.IsCompleted.Should().BeTrue();
        using var view = engine.OpenView();
        var records = OplogReader.From(view, 0).ToList();
        records.Zip(records.Skip(1)).Should().OnlyContain(pair => pair.Second.Previous == pair.First.Last);
        records.SelectMany(record => record.Entries).Select(entry => entry.Type).Should().Equal(OperationType.Create, OperationType.Insert);
        records[^1].TotalEntries.Should().Be(2);
        clock.Committed.Value.Should().Be(records[^1].Last);
    }

    [Fact]
    public void Committed_time_does_not_pass_a_write_that_is_still_going_on()
    {
        var clock = new ClusterClock(TimeProvider.System);
        var first = clock.Reserve(3, begins: true);
        var idle = clock.Idle();
        clock.Settle(first + 2, committed: true);

        idle.Value.Should().BeLessThan(first);
        clock.Committed.Value.Should().Be(first + 2);
        clock.Idle().Value.Should().BeGreaterThanOrEqualTo(first + 2);
        clock.Reserve(1, begins: true).Should().BeGreaterThan(first + 2);
    }

    private static async Task<CollectionDefinition> CreateAsync(OplogEngine engine) => await engine.WriteAsync(
        transaction =>
        {
            var created = new CollectionDefinition
            {
                Id = transaction.AllocateId(),
                Name = new CollectionName("db", "c"),
                Uuid = Guid.NewGuid(),
                Indexes = ImmutableArray.Create(IndexDefinition.ForId(transaction.AllocateId())),
            };
            transaction.Save(created);
            return created;
        },
        Cancel);
}
