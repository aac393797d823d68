using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>Multi-document transactions as the driver sees them ("Transactions" in MongoDB's manual).</summary>
[Trait("Category", "Integration")]
public abstract class TransactionFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_transaction_sees_its_own_writes_and_others_see_them_after_the_commit()
    {
        var collection = await FilledAsync();
        using var session = await StartAsync();

        await collection.InsertOneAsync(session, BsonDocument.Parse("{ _id: 3, n: 3 }"), cancellationToken: Cancel);
        await collection.UpdateOneAsync(session, "{ _id: 1 }", "{ $inc: { n: 10 } }", cancellationToken: Cancel);
        await collection.DeleteOneAsync(session, "{ _id: 2 }", cancellationToken: Cancel);
        var inside = await collection.Find(session, "{}").Sort("{ n: -1 }").ToListAsync(Cancel);
        var outside = await collection.Find("{}").Sort("{ n: 1 }").ToListAsync(Cancel);
        await session.CommitTransactionAsync(Cancel);
        var after = await collection.Find("{}").Sort("{ n: -1 }").ToListAsync(Cancel);

        inside.Select(document => document["n"].AsInt32).Should().Equal(11, 3);
        outside.Select(document => document["n"].AsInt32).Should().Equal(1, 2);
        after.Should().Equal(inside);
    }

    [Fact]
    public async Task Nothing_of_an_aborted_transaction_remains()
    {
        var collection = await FilledAsync();
        var created = target.NewCollection();
        using (var session = await StartAsync())
        {
            await collection.DeleteManyAsync(session, "{}", cancellationToken: Cancel);
            await created.InsertOneAsync(session, [], cancellationToken: Cancel);
            await session.AbortTransactionAsync(Cancel);
        }

        (await collection.CountDocumentsAsync("{}", cancellationToken: Cancel)).Should().Be(2);
        (await (await created.Database.ListCollectionNamesAsync(cancellationToken: Cancel)).ToListAsync(Cancel)).Should().NotContain(created.CollectionNamespace.CollectionName);
        await collection.UpdateOneAsync("{ _id: 1 }", "{ $set: { free: true } }", cancellationToken: Cancel);
    }

    [Fact]
    public async Task A_transaction_reads_from_one_snapshot()
    {
        var collection = await FilledAsync();
        using var session = await StartAsync();
        var first = await collection.Find(session, "{}").ToListAsync(Cancel);

        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 3, n: 3 }"), cancellationToken: Cancel);
        await collection.UpdateManyAsync("{}", "{ $inc: { n: 100 } }", cancellationToken: Cancel);

        (await collection.Find(session, "{}").ToListAsync(Cancel)).Should().Equal(first);
        (await collection.Aggregate(session).Match("{ n: { $gt: 50 } }").ToListAsync(Cancel)).Should().BeEmpty();
        (await (await collection.DistinctAsync<int>(session, "n", "{}", cancellationToken: Cancel)).ToListAsync(Cancel)).Should().Equal(1, 2);
        await session.CommitTransactionAsync(Cancel);
    }

    [Fact]
    public async Task Of_two_transactions_that_write_a_document_the_second_fails_at_its_write()
    {
        var collection = await FilledAsync();
        using var first = await StartAsync();
        using var second = await StartAsync();
        await collection.UpdateOneAsync(first, "{ _id: 1 }", "{ $set: { by: 'first' } }", cancellationToken: Cancel);

        var failure = (await collection.Awaiting(c => c.UpdateOneAsync(second, "{ _id: 1 }", "{ $set: { by: 'second' } }", cancellationToken: Cancel))
            .Should().ThrowAsync<MongoCommandException>()).Which;
        var next = (await collection.Awaiting(c => c.Find(second, "{}").ToListAsync(Cancel)).Should().ThrowAsync<MongoCommandException>()).Which;
        await first.CommitTransactionAsync(Cancel);

        failure.CodeName.Should().Be("WriteConflict");
        failure.HasErrorLabel("TransientTransactionError").Should().BeTrue();
        next.CodeName.Should().Be("NoSuchTransaction");
        next.HasErrorLabel("TransientTransactionError").Should().BeTrue();
        (await collection.Find("{ _id: 1 }").SingleAsync(Cancel))["by"].AsString.Should().Be("first");
    }

    [Fact]
    public async Task A_document_that_has_changed_since_the_snapshot_cannot_be_written()
    {
        var collection = await FilledAsync();
        using var session = await StartAsync();
        await collection.Find(session, "{}").ToListAsync(Cancel);
        await collection.UpdateOneAsync("{ _id: 1 }", "{ $inc: { n: 1 } }", cancellationToken: Cancel);

        (await collection.Awaiting(c => c.DeleteOneAsync(session, "{ _id: 1 }", cancellationToken: Cancel)).Should().ThrowAsync<MongoCommandException>())
            .Which.CodeName.Should().Be("WriteConflict");
    }

    [Fact]
    public async Task A_write_outside_waits_for_the_transaction_that_has_written_the_document()
    {
        var collection = await FilledAsync();
        using var session = await StartAsync();
        await collection.UpdateOneAsync(session, "{ _id: 1 }", "{ $inc: { n: 10 } }", cancellationToken: Cancel);

        var waiting = collection.UpdateOneAsync("{ _id: 1 }", "{ $inc: { n: 100 } }", cancellationToken: Cancel);
        await collection.UpdateOneAsync("{ _id: 2 }", "{ $inc: { n: 100 } }", cancellationToken: Cancel);
        var wasWaiting = !waiting.IsCompleted;
        await session.CommitTransactionAsync(Cancel);
        await waiting;

        wasWaiting.Should().BeTrue();
        (await collection.Find("{ _id: 1 }").SingleAsync(Cancel))["n"].AsInt32.Should().Be(111);
    }

    [Fact]
    public async Task A_unique_key_is_one_transactions_until_it_ends()
    {
        var collection = await FilledAsync();
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ n: 1 }", new CreateIndexOptions { Unique = true }), cancellationToken: Cancel);
        using var first = await StartAsync();
        using var second = await StartAsync();
        using var third = await StartAsync();
        await collection.InsertOneAsync(first, BsonDocument.Parse("{ _id: 3, n: 3 }"), cancellationToken: Cancel);

        var conflict = (await collection.Awaiting(c => c.InsertOneAsync(second, BsonDocument.Parse("{ _id: 4, n: 3 }"), cancellationToken: Cancel)).Should().ThrowAsync<MongoCommandException>()).Which;
        var duplicate = (await collection.Awaiting(c => c.InsertOneAsync(third, BsonDocument.Parse("{ _id: 5, n: 1 }"), cancellationToken: Cancel)).Should().ThrowAsync<MongoWriteException>()).Which;
        await first.CommitTransactionAsync(Cancel);

        conflict.CodeName.Should().Be("WriteConflict");
        duplicate.WriteError.Category.Should().Be(ServerErrorCategory.DuplicateKey);
        (await collection.CountDocumentsAsync("{}", cancellationToken: Cancel)).Should().Be(3);
    }

    [Fact]
    public async Task Keys_can_be_exchanged_within_a_transaction()
    {
        var collection = await FilledAsync();
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ n: 1 }", new CreateIndexOptions { Unique = true }), cancellationToken: Cancel);
        using var session = await StartAsync();

        await collection.UpdateOneAsync(session, "{ _id: 1 }", "{ $set: { n: 0 } }", cancellationToken: Cancel);
        await collection.UpdateOneAsync(session, "{ _id: 2 }", "{ $set: { n: 1 } }", cancellationToken: Cancel);
        await collection.UpdateOneAsync(session, "{ _id: 1 }", "{ $set: { n: 2 } }", cancellationToken: Cancel);
        var found = await collection.Find(session, "{ n: 1 }").SingleAsync(Cancel);
        await session.CommitTransactionAsync(Cancel);

        found["_id"].AsInt32.Should().Be(2);
        (await collection.Find("{ n: 2 }").SingleAsync(Cancel))["_id"].AsInt32.Should().Be(1);
    }

    [Fact]
    public async Task Collections_and_indexes_come_into_being_within_a_transaction()
    {
        var collection = target.NewCollection();
        using var session = await StartAsync();

        await collection.Database.CreateCollectionAsync(session, collection.CollectionNamespace.CollectionName, cancellationToken: Cancel);
        await collection.Indexes.CreateOneAsync(session, new CreateIndexModel<BsonDocument>("{ n: 1 }"), cancellationToken: Cancel);
        await collection.InsertOneAsync(session, BsonDocument.Parse("{ _id: 1, n: 1 }"), cancellationToken: Cancel);
        (await collection.Find(session, "{ n: 1 }").ToListAsync(Cancel)).Should().ContainSingle();
        await session.CommitTransactionAsync(Cancel);

        (await collection.Find("{ n: 1 }").ToListAsync(Cancel)).Should().ContainSingle();
        (await collection.Indexes.List(Cancel).ToListAsync(Cancel)).Should().HaveCount(2);
    }

    [Fact]
    public async Task The_events_of_a_transaction_share_their_time_and_tell_its_session_in_order()
    {
        var collection = await FilledAsync();
        var other = target.NewCollection();
        await other.InsertOneAsync(new BsonDocument("_id", 0), cancellationToken: Cancel);
        PipelineDefinition<ChangeStreamDocument<BsonDocument>, BsonDocument> these = new[]
        {
            new BsonDocument("$match", new BsonDocument("ns.coll", new BsonDocument("$in", new BsonArray { collection.CollectionNamespace.CollectionName, other.CollectionNamespace.CollectionName }))),
        };
        using var stream = await collection.Database.WatchAsync(these, cancellationToken: Cancel);
        using var session = await StartAsync();
        await collection.UpdateOneAsync(session, "{ _id: 1 }", "{ $set: { a: 1 } }", cancellationToken: Cancel);
        await other.InsertOneAsync(session, new BsonDocument("_id", 1), cancellationToken: Cancel);
        await other.InsertOneAsync(new BsonDocument("_id", 2), cancellationToken: Cancel);
        await collection.DeleteOneAsync(session, "{ _id: 1 }", cancellationToken: Cancel);
        await session.CommitTransactionAsync(Cancel);

        var events = await stream.TakeAsync(4, Cancel);

        events.Select(told => told["operationType"].AsString).Should().Equal("insert", "update", "insert", "delete");
        events.Skip(1).Select(told => told["clusterTime"]).Distinct().Should().ContainSingle();
        events.Skip(1).Select(told => told["lsid"]["id"]).Distinct().Should().Equal(session.ServerSession.Id["id"]);
        events.Skip(1).Select(told => told["txnNumber"].ToInt64()).Distinct().Should().ContainSingle();
        events[0].Contains("lsid").Should().BeFalse();
        events.Select(told => told["_id"]["_data"].AsString).Should().BeInAscendingOrder(StringComparer.Ordinal).And.OnlyHaveUniqueItems();
        using var resumed = await collection.Database.WatchAsync(these, new ChangeStreamOptions { ResumeAfter = events[1]["_id"].AsBsonDocument }, Cancel);
        (await resumed.TakeAsync(2, Cancel)).Should().Equal(events.Skip(2));
    }

    [Fact]
    public async Task A_cursor_reads_on_within_its_transaction_and_ends_with_it()
    {
        var collection = target.NewCollection();
        await collection.InsertManyAsync(Enumerable.Range(0, 100).Select(i => new BsonDocument("_id", i)), cancellationToken: Cancel);
        using var session = await StartAsync();
        using var read = await collection.FindAsync(session, "{}", new FindOptions<BsonDocument> { BatchSize = 10 }, Cancel);
        using var left = await collection.FindAsync(session, "{}", new FindOptions<BsonDocument> { BatchSize = 10 }, Cancel);
        await left.MoveNextAsync(Cancel);
        await collection.DeleteManyAsync("{ _id: { $gte: 50 } }", Cancel);

        (await read.ToListAsync(Cancel)).Should().HaveCount(100);
        await session.CommitTransactionAsync(Cancel);

        (await left.Awaiting(cursor => cursor.MoveNextAsync(Cancel)).Should().ThrowAsync<MongoException>()).Which.Should().BeAssignableTo<MongoException>();
    }

    [Fact]
    public async Task Money_moved_by_many_at_once_is_never_lost()
    {
        var accounts = target.NewCollection();
        await accounts.InsertManyAsync(Enumerable.Range(0, 5).Select(i => new BsonDocument { { "_id", i }, { "balance", 100 } }), cancellationToken: Cancel);

        var moving = Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var i = 0; i < 10; i++)
            {
                var from = random.Next(5);
                var to = (from + 1 + random.Next(4)) % 5;
                using var session = await target.Client.StartSessionAsync(cancellationToken: Cancel);
                await session.WithTransactionAsync(
                    async (s, cancel) =>
                    {
                        var source = await accounts.Find(s, new BsonDocument("_id", from)).SingleAsync(cancel);
                        await accounts.UpdateOneAsync(s, new BsonDocument("_id", from), new BsonDocument("$set", new BsonDocument("balance", source["balance"].AsInt32 - 7)), cancellationToken: cancel);
                        await accounts.UpdateOneAsync(s, new BsonDocument("_id", to), "{ $inc: { balance: 7 } }", cancellationToken: cancel);
                        return true;
                    },
                    cancellationToken: Cancel);
            }
        }, Cancel)));

        var looks = 0;
        for (; looks < 5 || !moving.IsCompleted; looks++)
        {
            using var session = await StartAsync();
            var balance = 0;
            // One by one, while others write: the snapshot is the same for all.
            for (var i = 0; i < 5; i++) balance += (await accounts.Find(session, new BsonDocument("_id", i)).SingleAsync(Cancel))["balance"].AsInt32;
            await session.CommitTransactionAsync(Cancel);
            balance.Should().Be(500);
        }

        await moving;
        (await accounts.Find("{}").ToListAsync(Cancel)).Sum(account => account["balance"].AsInt32).Should().Be(500);
    }

    [Fact]
    public async Task What_no_transaction_may_do_is_refused()
    {
        var collection = await FilledAsync();
        using var session = await StartAsync();

        (await collection.Database.Awaiting(d => d.RunCommandAsync<BsonDocument>(session, new BsonDocument("count", collection.CollectionNamespace.CollectionName), cancellationToken: Cancel))
            .Should().ThrowAsync<MongoCommandException>()).Which.CodeName.Should().Be("OperationNotSupportedInTransaction");
    }

    private async Task<IMongoCollection<BsonDocument>> FilledAsync()
    {
        var collection = target.NewCollection();
        await collection.InsertManyAsync([BsonDocument.Parse("{ _id: 1, n: 1 }"), BsonDocument.Parse("{ _id: 2, n: 2 }")], cancellationToken: Cancel);
        return collection;
    }

    private async Task<IClientSessionHandle> StartAsync()
    {
        var session = await target.Client.StartSessionAsync(cancellationToken: Cancel);
        session.StartTransaction();
        return session;
    }
}
