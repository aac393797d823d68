using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>Cursors, batches, sorting and paging through the driver.</summary>
[Trait("Category", "Integration")]
public abstract class CursorFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_documents_come_in_batches_in_their_order()
    {
        var collection = await FillAsync(10_000);

        var ids = await collection.Find("{}").ToListAsync(Cancel);
        var batches = 0;
        using var cursor = await collection.FindAsync("{}", new FindOptions<BsonDocument> { BatchSize = 1000 }, Cancel);
        while (await cursor.MoveNextAsync(Cancel)) batches += cursor.Current.Any() ? 1 : 0;

        ids.Select(document => document["_id"].AsInt32).Should().Equal(Enumerable.Range(0, 10_000));
        batches.Should().Be(10);
    }

    [Fact]
    public async Task Skip_limit_and_sort_cut_the_result_as_asked()
    {
        var collection = await FillAsync(500);

        var page = await collection.Find("{ n: { $gte: 100 } }").Sort("{ mod: -1, n: 1 }").Skip(3).Limit(5).ToListAsync(Cancel);

        page.Select(document => document["n"].AsInt32).Should().Equal(
            Enumerable.Range(100, 400).OrderByDescending(n => n % 7).ThenBy(n => n).Skip(3).Take(5));
    }

    [Fact]
    public async Task An_array_sorts_by_its_least_element_whatever_the_filter_and_the_index()
    {
        var collection = target.NewCollection();
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ a: 1 }"), cancellationToken: Cancel);
        await collection.InsertManyAsync([BsonDocument.Parse("{ _id: 1, a: 3 }"), BsonDocument.Parse("{ _id: 2, a: [0, 5] }"), BsonDocument.Parse("{ _id: 3, a: 9 }")], cancellationToken: Cancel);

        var ascending = await collection.Find("{ a: { $gt: 1 } }").Sort("{ a: 1 }").ToListAsync(Cancel);
        var descending = await collection.Find("{ a: { $lt: 4 } }").Sort("{ a: -1 }").ToListAsync(Cancel);

        ascending.Select(document => document["_id"].AsInt32).Should().Equal(2, 1, 3);
        descending.Select(document => document["_id"].AsInt32).Should().Equal(2, 1);
    }

    [Fact]
    public async Task Pages_by_id_meet_every_document_once()
    {
        var collection = await FillAsync(1_000);
        var seen = new List<int>();
        var last = -1;
        while (true)
        {
            var page = await collection.Find(new BsonDocument("_id", new BsonDocument("$gt", last))).Sort("{ _id: 1 }").Limit(64).ToListAsync(Cancel);
            if (page.Count == 0) break;
            seen.AddRange(page.Select(document => document["_id"].AsInt32));
            last = seen[^1];
        }

        seen.Should().Equal(Enumerable.Range(0, 1_000));
    }

    [Fact]
    public async Task A_result_larger_than_a_reply_may_be_comes_whole()
    {
        var collection = target.NewCollection();
        var filling = new string('x', 3_000_000);
        await collection.InsertManyAsync(Enumerable.Range(0, 12).Select(i => new BsonDocument { { "_id", i }, { "text", filling } }), cancellationToken: Cancel);

        var found = await collection.Find("{}").ToListAsync(Cancel);

        found.Select(document => document["_id"].AsInt32).Should().Equal(Enumerable.Range(0, 12));
    }

    [Fact]
    public async Task Writers_do_not_make_a_cursor_fail_or_repeat_a_document()
    {
        var collection = await FillAsync(2_000);
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ mod: 1 }"), cancellationToken: Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var writer = Task.Run(async () =>
        {
            // Moves documents ahead in the index that the cursor reads.
            for (var i = 0; !stop.IsCancellationRequested; i = (i + 1) % 2_000)
                await collection.UpdateOneAsync(new BsonDocument("_id", i), "{ $inc: { mod: 3 } }", cancellationToken: Cancel);
        }, Cancel);

        var ids = await collection.Find("{ mod: { $gte: 0 } }", new FindOptions { BatchSize = 50 }).ToListAsync(Cancel);
        await stop.CancelAsync();
        await writer;

        ids.Select(document => document["_id"]).Should().OnlyHaveUniqueItems();
        ids.Count.Should().BeGreaterThan(1_000);
    }

    [Fact]
    public async Task A_batch_of_zero_opens_a_cursor_and_gives_nothing()
    {
        var collection = await FillAsync(10);

        var (id, first) = await OpenAsync(collection, "{ batchSize: 0 }");
        var more = await collection.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "getMore", id }, { "collection", collection.CollectionNamespace.CollectionName } }, cancellationToken: Cancel);

        (id.ToInt64() != 0, first).Should().Be((true, 0));
        more["cursor"]["nextBatch"].AsBsonArray.Should().HaveCount(10);
        more["cursor"]["id"].ToInt64().Should().Be(0);
    }

    [Theory]
    [InlineData("{ batchSize: 3, singleBatch: true }", 3)]
    [InlineData("{ limit: 4, batchSize: 4 }", 4)]
    [InlineData("{}", 10)]
    public async Task A_cursor_is_closed_with_the_last_batch(string options, int count)
    {
        var (id, first) = await OpenAsync(await FillAsync(10), options);

        (id.ToInt64(), first).Should().Be((0, count));
    }

    [Fact]
    public async Task The_first_batch_has_101_documents_if_nothing_is_said()
    {
        var (id, first) = await OpenAsync(await FillAsync(150), "{}");

        (id.ToInt64() != 0, first).Should().Be((true, 101));
    }

    [Fact]
    public async Task No_batch_is_larger_than_16_MiB()
    {
        var collection = target.NewCollection();
        var filling = new string('x', 5_000_000);
        await collection.InsertManyAsync(Enumerable.Range(0, 7).Select(i => new BsonDocument { { "_id", i }, { "text", filling } }), cancellationToken: Cancel);

        var (id, first) = await OpenAsync(collection, "{ batchSize: 100 }");
        var more = await collection.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "getMore", id }, { "collection", collection.CollectionNamespace.CollectionName }, { "batchSize", 100 } }, cancellationToken: Cancel);

        (first, more["cursor"]["nextBatch"].AsBsonArray.Count).Should().Be((3, 3));
    }

    [Theory]
    [InlineData("{ tailable: true }", 2)]
    [InlineData("{ awaitData: true }", 9)]
    [InlineData("{ batchSize: -1 }", 51024)]
    public async Task What_a_find_cannot_do_is_refused(string options, int code)
    {
        var collection = await FillAsync(1);

        (await collection.Awaiting(c => OpenAsync(c, options)).Should().ThrowAsync<MongoCommandException>()).Which.Code.Should().Be(code);
    }

    [Fact]
    public async Task A_killed_cursor_is_not_found()
    {
        var collection = await FillAsync(10);
        var opened = await collection.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "find", collection.CollectionNamespace.CollectionName }, { "batchSize", 2 } }, cancellationToken: Cancel);
        var id = opened["cursor"]["id"];

        var killed = await collection.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "killCursors", collection.CollectionNamespace.CollectionName }, { "cursors", new BsonArray { id } } }, cancellationToken: Cancel);

        killed["cursorsKilled"].AsBsonArray.Should().Equal(id);
        (await collection.Database.Awaiting(database => database.RunCommandAsync<BsonDocument>(
                new BsonDocument { { "getMore", id }, { "collection", collection.CollectionNamespace.CollectionName } }, cancellationToken: Cancel))
            .Should().ThrowAsync<MongoCommandException>()).Which.Code.Should().Be(43);
    }

    [Fact]
    public async Task A_dropped_collection_ends_its_cursors_with_an_error()
    {
        var collection = await FillAsync(300);
        using var cursor = await collection.FindAsync("{}", new FindOptions<BsonDocument> { BatchSize = 10 }, Cancel);
        await cursor.MoveNextAsync(Cancel);

        await collection.Database.DropCollectionAsync(collection.CollectionNamespace.CollectionName, Cancel);

        (await cursor.Awaiting(c => c.MoveNextAsync(Cancel)).Should().ThrowAsync<MongoCommandException>()).Which.Code.Should().Be(175);
    }

    private static async Task<(BsonValue Id, int First)> OpenAsync(IMongoCollection<BsonDocument> collection, string options)
    {
        var find = new BsonDocument("find", collection.CollectionNamespace.CollectionName).Merge(BsonDocument.Parse(options));
        var reply = await collection.Database.RunCommandAsync<BsonDocument>(find, cancellationToken: Cancel);
        return (reply["cursor"]["id"], reply["cursor"]["firstBatch"].AsBsonArray.Count);
    }

    private async Task<IMongoCollection<BsonDocument>> FillAsync(int count)
    {
        var collection = target.NewCollection();
        await collection.InsertManyAsync(Enumerable.Range(0, count).Select(i => new BsonDocument { { "_id", i }, { "n", i }, { "mod", i % 7 } }), cancellationToken: Cancel);
        return collection;
    }
}
