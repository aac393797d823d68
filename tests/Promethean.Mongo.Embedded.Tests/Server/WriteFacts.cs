using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>Writing through the driver's richer interfaces: bulk, arrays, findAndModify, sessions, the catalogue.</summary>
[Trait("Category", "Integration")]
public abstract class WriteFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bulk_of_mixed_writes_tells_what_each_kind_did()
    {
        var collection = target.NewCollection();
        await collection.InsertManyAsync(Enumerable.Range(1, 4).Select(i => new BsonDocument { { "_id", i }, { "n", i } }), cancellationToken: Cancel);

        var result = await collection.BulkWriteAsync(
        [
            new InsertOneModel<BsonDocument>(new BsonDocument("_id", 10)),
            new UpdateOneModel<BsonDocument>("{ _id: 1 }", "{ $inc: { n: 10 } }"),
            new UpdateManyModel<BsonDocument>("{ n: { $gte: 2 } }", "{ $set: { big: true } }"),
            new ReplaceOneModel<BsonDocument>("{ _id: 2 }", new BsonDocument("replaced", true)),
            new ReplaceOneModel<BsonDocument>("{ _id: 20 }", new BsonDocument("upserted", true)) { IsUpsert = true },
            new DeleteOneModel<BsonDocument>("{ _id: 3 }"),
            new DeleteManyModel<BsonDocument>("{ none: 1 }"),
        ], cancellationToken: Cancel);

        result.InsertedCount.Should().Be(1);
        result.MatchedCount.Should().Be(1 + 4 + 1);
        result.ModifiedCount.Should().Be(1 + 4 + 1);
        result.DeletedCount.Should().Be(1);
        result.Upserts.Single().Should().Match<BulkWriteUpsert>(upsert => upsert.Index == 4 && upsert.Id == 20);
        (await collection.Find("{ _id: 2 }").SingleAsync(Cancel)).Should().BeEquivalentTo(BsonDocument.Parse("{ _id: 2, replaced: true }"));
    }

    [Fact]
    public async Task Arrays_are_pushed_pulled_and_changed_by_position()
    {
        var collection = target.NewCollection();
        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, grades: [80, 85, 90], items: [{ k: 'a', n: 1 }, { k: 'b', n: 2 }] }"), cancellationToken: Cancel);

        await collection.UpdateOneAsync("{ _id: 1, grades: 85 }", "{ $set: { 'grades.$': 86 } }", cancellationToken: Cancel);
        await collection.UpdateOneAsync("{ _id: 1 }", "{ $push: { grades: { $each: [70, 95], $sort: 1 } }, $pull: { items: { k: 'a' } } }", cancellationToken: Cancel);
        await collection.UpdateOneAsync(
            "{ _id: 1 }",
            "{ $inc: { 'grades.$[low]': 5 } }",
            new UpdateOptions { ArrayFilters = [new BsonDocumentArrayFilterDefinition<BsonDocument>(BsonDocument.Parse("{ low: { $lt: 85 } }"))] },
            Cancel);
        await collection.UpdateOneAsync("{ _id: 1 }", "{ $addToSet: { grades: 95 } }", cancellationToken: Cancel);

        (await collection.Find("{}").SingleAsync(Cancel)).Should().BeEquivalentTo(BsonDocument.Parse("{ _id: 1, grades: [75, 85, 86, 90, 95], items: [{ k: 'b', n: 2 }] }"));
    }

    [Fact]
    public async Task Find_one_and_update_returns_the_document_before_or_after()
    {
        var collection = target.NewCollection();
        await collection.InsertManyAsync([BsonDocument.Parse("{ _id: 1, due: 5 }"), BsonDocument.Parse("{ _id: 2, due: 3 }")], cancellationToken: Cancel);

        var before = await collection.FindOneAndUpdateAsync<BsonDocument>("{ due: { $lt: 9 } }", "{ $set: { owner: 'me' } }", new() { Sort = "{ due: 1 }" }, Cancel);
        var after = await collection.FindOneAndUpdateAsync<BsonDocument>(
            "{ _id: 2 }", "{ $inc: { due: 1 } }", new() { ReturnDocument = ReturnDocument.After, Projection = "{ _id: 0, due: 1 }" }, Cancel);
        var upserted = await collection.FindOneAndUpdateAsync<BsonDocument>(
            "{ _id: 3 }", "{ $set: { due: 0 } }", new() { IsUpsert = true, ReturnDocument = ReturnDocument.After }, Cancel);
        var missing = await collection.FindOneAndUpdateAsync<BsonDocument>("{ _id: 4 }", "{ $set: { due: 0 } }", cancellationToken: Cancel);
        var deleted = await collection.FindOneAndDeleteAsync<BsonDocument>("{ _id: 1 }", cancellationToken: Cancel);
        var replaced = await collection.FindOneAndReplaceAsync<BsonDocument>("{ _id: 3 }", new BsonDocument("new", 1), new() { ReturnDocument = ReturnDocument.After }, Cancel);

        before.Should().BeEquivalentTo(BsonDocument.Parse("{ _id: 2, due: 3 }"));
        after.Should().BeEquivalentTo(BsonDocument.Parse("{ due: 4 }"));
        upserted.Should().BeEquivalentTo(BsonDocument.Parse("{ _id: 3, due: 0 }"));
        missing.Should().BeNull();
        deleted["_id"].AsInt32.Should().Be(1);
        replaced.Should().BeEquivalentTo(BsonDocument.Parse("{ _id: 3, new: 1 }"));
    }

    [Fact]
    public async Task Of_many_claimants_each_task_goes_to_exactly_one()
    {
        var collection = target.NewCollection();
        await collection.InsertManyAsync(Enumerable.Range(0, 60).Select(i => new BsonDocument { { "_id", i }, { "state", "free" } }), cancellationToken: Cancel);

        var claimed = await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
        {
            var mine = new List<int>();
            while (await collection.FindOneAndUpdateAsync<BsonDocument>("{ state: 'free' }", "{ $set: { state: 'taken' } }", cancellationToken: Cancel) is { } task)
                mine.Add(task["_id"].AsInt32);
            return mine;
        }, Cancel)));

        claimed.SelectMany(mine => mine).Should().BeEquivalentTo(Enumerable.Range(0, 60));
    }

    [Fact]
    public async Task A_session_reads_what_it_has_written()
    {
        var collection = target.NewCollection();
        using var session = await target.Client.StartSessionAsync(new ClientSessionOptions { CausalConsistency = true }, Cancel);

        await collection.InsertOneAsync(session, new BsonDocument("_id", 1), cancellationToken: Cancel);

        (await collection.Find(session, "{}").ToListAsync(Cancel)).Should().ContainSingle();
        session.OperationTime.Should().NotBeNull();
    }

    [Fact]
    public async Task Eight_writers_counting_in_one_document_lose_no_count()
    {
        var collection = target.NewCollection();
        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, n: 0 }"), cancellationToken: Cancel);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++) await collection.UpdateOneAsync("{ _id: 1 }", "{ $inc: { n: 1 } }", cancellationToken: Cancel);
        }, Cancel)));

        (await collection.Find("{}").SingleAsync(Cancel))["n"].AsInt32.Should().Be(200);
    }

    [Fact]
    public async Task Collections_are_made_listed_renamed_and_dropped()
    {
        var collection = target.NewCollection();
        var database = collection.Database;
        var name = collection.CollectionNamespace.CollectionName;

        await database.CreateCollectionAsync(name, cancellationToken: Cancel);
        (await database.Awaiting(d => d.CreateCollectionAsync(name, cancellationToken: Cancel)).Should().ThrowAsync<MongoCommandException>()).Which.Code.Should().Be(48);
        await collection.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Cancel);
        await database.RenameCollectionAsync(name, name + "_new", cancellationToken: Cancel);
        var listed = await (await database.ListCollectionNamesAsync(cancellationToken: Cancel)).ToListAsync(Cancel);
        var databases = await (await target.Client.ListDatabaseNamesAsync(Cancel)).ToListAsync(Cancel);
        await database.DropCollectionAsync(name + "_new", Cancel);
        await database.DropCollectionAsync("never_was", Cancel);

        listed.Should().Contain(name + "_new").And.NotContain(name);
        databases.Should().Contain(database.DatabaseNamespace.DatabaseName);
        (await (await database.ListCollectionNamesAsync(cancellationToken: Cancel)).ToListAsync(Cancel)).Should().NotContain(name + "_new");
    }

    [Fact]
    public async Task A_dropped_database_is_empty()
    {
        var name = $"dropped_{Guid.NewGuid():N}";
        Assert.SkipWhen(target.SkipReason is not null, target.SkipReason ?? "");
        var database = target.Client.GetDatabase(name);
        await database.GetCollection<BsonDocument>("a").InsertOneAsync([], cancellationToken: Cancel);
        await database.GetCollection<BsonDocument>("b").InsertOneAsync([], cancellationToken: Cancel);

        await target.Client.DropDatabaseAsync(name, Cancel);

        (await (await database.ListCollectionNamesAsync(cancellationToken: Cancel)).ToListAsync(Cancel)).Should().BeEmpty();
    }

    [Fact]
    public async Task An_update_by_pipeline_computes_from_the_document()
    {
        var collection = target.NewCollection();
        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, price: 3, count: 4 }"), cancellationToken: Cancel);

        await collection.UpdateOneAsync("{}", Builders<BsonDocument>.Update.Pipeline(new[] { BsonDocument.Parse("{ $set: { total: { $multiply: ['$price', '$count'] } } }") }), cancellationToken: Cancel);

        (await collection.Find("{}").SingleAsync(Cancel))["total"].AsInt32.Should().Be(12);
    }
}
