using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>Indexes through the driver: made, listed, enforced and used.</summary>
[Trait("Category", "Integration")]
public abstract class IndexFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_index_is_listed_with_its_key_and_dropped_by_its_name()
    {
        var collection = target.NewCollection();

        var name = await collection.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>("{ host: 1, due: -1 }", new CreateIndexOptions { Unique = true, Sparse = true }), cancellationToken: Cancel);

        var listed = await (await collection.Indexes.ListAsync(Cancel)).ToListAsync(Cancel);
        listed.Select(index => index["name"].AsString).Should().Equal("_id_", name);
        listed[1].Should().BeEquivalentTo(BsonDocument.Parse($"{{ v: 2, key: {{ host: 1, due: -1 }}, name: '{name}', unique: true, sparse: true }}"));
        await collection.Indexes.DropOneAsync(name, Cancel);
        (await (await collection.Indexes.ListAsync(Cancel)).ToListAsync(Cancel)).Should().ContainSingle();
    }

    [Fact]
    public async Task The_same_index_twice_is_one_and_another_under_its_name_is_refused()
    {
        var collection = target.NewCollection();
        await CreateAsync(collection, "{ a: 1 }", new CreateIndexOptions { Name = "mine" });
        await CreateAsync(collection, "{ a: 1 }", new CreateIndexOptions { Name = "mine" });

        (await collection.Awaiting(c => CreateAsync(c, "{ b: 1 }", new CreateIndexOptions { Name = "mine" })).Should().ThrowAsync<MongoCommandException>())
            .Which.Code.Should().Be(86);
        (await collection.Awaiting(c => CreateAsync(c, "{ a: 1 }", new CreateIndexOptions { Name = "other" })).Should().ThrowAsync<MongoCommandException>())
            .Which.Code.Should().Be(85);
    }

    [Fact]
    public async Task A_unique_index_refuses_a_second_document_and_names_the_key()
    {
        var collection = target.NewCollection();
        await CreateAsync(collection, "{ url: 1 }", new CreateIndexOptions { Unique = true });
        await collection.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "url", "a" } }, cancellationToken: Cancel);
        await collection.InsertOneAsync(new BsonDocument { { "_id", 2 }, { "url", "b" } }, cancellationToken: Cancel);

        var inserted = (await collection.Awaiting(c => c.InsertOneAsync(new BsonDocument { { "_id", 3 }, { "url", "a" } }, cancellationToken: Cancel))
            .Should().ThrowAsync<MongoWriteException>()).Which;
        var updated = (await collection.Awaiting(c => c.UpdateOneAsync("{ _id: 2 }", "{ $set: { url: 'a' } }", cancellationToken: Cancel))
            .Should().ThrowAsync<MongoWriteException>()).Which;

        inserted.WriteError.Message.Should().Be($"E11000 duplicate key error collection: {collection.CollectionNamespace} index: url_1 dup key: {{ url: \"a\" }}");
        updated.WriteError.Code.Should().Be(11000);
        (await collection.Find("{ _id: 2 }").SingleAsync(Cancel))["url"].AsString.Should().Be("b", "a refused update leaves nothing behind");
        (await collection.Find("{ url: 'b' }").ToListAsync(Cancel)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_unique_index_over_documents_that_already_collide_is_not_made()
    {
        var collection = target.NewCollection();
        await collection.InsertManyAsync([new BsonDocument("a", 1), new BsonDocument("a", 1.0)], cancellationToken: Cancel);

        (await collection.Awaiting(c => CreateAsync(c, "{ a: 1 }", new CreateIndexOptions { Unique = true })).Should().ThrowAsync<MongoCommandException>())
            .Which.Code.Should().Be(11000);

        (await (await collection.Indexes.ListAsync(Cancel)).ToListAsync(Cancel)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_sparse_unique_index_allows_many_documents_without_the_field()
    {
        var collection = target.NewCollection();
        await CreateAsync(collection, "{ email: 1 }", new CreateIndexOptions { Unique = true, Sparse = true });

        await collection.InsertManyAsync([new BsonDocument("_id", 1), new BsonDocument("_id", 2)], cancellationToken: Cancel);

        (await collection.Find("{ email: null }").ToListAsync(Cancel)).Should().HaveCount(2, "a sparse index must not answer what it does not hold");
    }

    [Fact]
    public async Task A_partial_unique_index_holds_only_where_its_filter_does()
    {
        var collection = target.NewCollection();
        await CreateAsync(collection, "{ n: 1 }", new CreateIndexOptions<BsonDocument> { Unique = true, PartialFilterExpression = "{ active: true }" });

        await collection.InsertManyAsync(
            [BsonDocument.Parse("{ n: 1, active: true }"), BsonDocument.Parse("{ n: 1, active: false }"), BsonDocument.Parse("{ n: 1 }")], cancellationToken: Cancel);

        (await collection.Awaiting(c => c.InsertOneAsync(BsonDocument.Parse("{ n: 1, active: true }"), cancellationToken: Cancel)).Should().ThrowAsync<MongoWriteException>())
            .Which.WriteError.Code.Should().Be(11000);
        (await collection.Find("{ n: 1 }").ToListAsync(Cancel)).Should().HaveCount(3);
    }

    [Theory]
    [InlineData("{ _id: 5 }", "{}", "IDHACK", "_id_")]
    [InlineData("{ _id: { $gt: 5 } }", "{ _id: 1 }", "IXSCAN", "_id_")]
    [InlineData("{ a: 3 }", "{}", "IXSCAN", "a_1_b_-1")]
    [InlineData("{ a: { $in: [1, 2] } }", "{}", "IXSCAN", "a_1_b_-1")]
    [InlineData("{ a: 3, b: { $lt: 9 } }", "{ b: 1 }", "IXSCAN", "a_1_b_-1")]
    [InlineData("{ tags: 'x' }", "{}", "IXSCAN", "tags_1")]
    [InlineData("{ other: 1 }", "{}", "COLLSCAN", null)]
    public async Task Explain_tells_the_index_that_serves_a_query(string filter, string sort, string stage, string? index)
    {
        var collection = target.NewCollection();
        await CreateAsync(collection, "{ a: 1, b: -1 }");
        await CreateAsync(collection, "{ tags: 1 }");
        await collection.InsertManyAsync(
            Enumerable.Range(0, 20).Select(i => new BsonDocument { { "_id", i }, { "a", i % 4 }, { "b", i }, { "tags", new BsonArray { "x", $"y{i}" } } }), cancellationToken: Cancel);
        var find = new BsonDocument { { "find", collection.CollectionNamespace.CollectionName }, { "filter", BsonDocument.Parse(filter) }, { "sort", BsonDocument.Parse(sort) } };

        var explained = await collection.Database.RunCommandAsync<BsonDocument>(new BsonDocument { { "explain", find }, { "verbosity", "executionStats" } }, cancellationToken: Cancel);

        var plan = explained["queryPlanner"]["winningPlan"].AsBsonDocument;
        var source = plan.GetValue("inputStage", plan).AsBsonDocument;
        source["stage"].AsString.Should().Be(stage);
        source.GetValue("indexName", BsonNull.Value).Should().Be((BsonValue?)index ?? BsonNull.Value);
    }

    [Fact]
    public async Task A_hint_is_followed_and_an_unknown_one_refused()
    {
        var collection = target.NewCollection();
        await CreateAsync(collection, "{ a: 1 }");
        await collection.InsertManyAsync(Enumerable.Range(0, 5).Select(i => new BsonDocument { { "_id", i }, { "a", -i } }), cancellationToken: Cancel);

        var hinted = await collection.Find("{}", new FindOptions { Hint = "a_1" }).ToListAsync(Cancel);

        hinted.Select(document => document["_id"].AsInt32).Should().Equal(4, 3, 2, 1, 0);
        (await collection.Awaiting(c => c.Find("{}", new FindOptions { Hint = "b_1" }).ToListAsync(Cancel)).Should().ThrowAsync<MongoCommandException>())
            .Which.Code.Should().Be(2);
    }

    [Fact]
    public async Task Two_arrays_cannot_share_a_compound_index()
    {
        var collection = target.NewCollection();
        await CreateAsync(collection, "{ a: 1, b: 1 }");

        (await collection.Awaiting(c => c.InsertOneAsync(BsonDocument.Parse("{ a: [1, 2], b: [3, 4] }"), cancellationToken: Cancel)).Should().ThrowAsync<MongoWriteException>())
            .Which.WriteError.Code.Should().Be(171);
        (await collection.Find("{}").ToListAsync(Cancel)).Should().BeEmpty();
    }

    [Fact]
    public async Task Of_eight_writers_with_the_same_unique_key_exactly_one_wins()
    {
        const int Writers = 8;
        const int Keys = 40;
        var collection = target.NewCollection();
        await CreateAsync(collection, "{ key: 1 }", new CreateIndexOptions { Unique = true });

        var wins = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var won = 0;
            for (var key = 0; key < Keys; key++)
            {
                try
                {
                    await collection.InsertOneAsync(new BsonDocument { { "key", key }, { "writer", writer } }, cancellationToken: Cancel);
                    won++;
                }
                catch (MongoWriteException lost) when (lost.WriteError.Category == ServerErrorCategory.DuplicateKey)
                {
                    // Another writer was first.
                }
            }

            return won;
        }, Cancel)));

        wins.Sum().Should().Be(Keys);
        (await collection.Find("{}").ToListAsync(Cancel)).Select(document => document["key"].AsInt32).Should().BeEquivalentTo(Enumerable.Range(0, Keys));
    }

    [Theory]
    [InlineData("{ a: 3 }", "{}", "{ a: ['[3, 3]'], b: ['[MaxKey, MinKey]'] }")]
    [InlineData("{ a: { $in: [1, 3] }, b: { $gt: 5 } }", "{}", "{ a: ['[1, 1]', '[3, 3]'], b: ['[inf.0, 5)'] }")]
    [InlineData("{ a: 3, b: { $gte: 5, $lt: 9 } }", "{ b: 1 }", "{ a: ['[3, 3]'], b: ['[5, 9)'] }")]
    public async Task Explain_tells_the_bounds_by_field(string filter, string sort, string bounds)
    {
        var collection = target.NewCollection();
        await CreateAsync(collection, "{ a: 1, b: -1 }");
        await collection.InsertManyAsync(Enumerable.Range(0, 20).Select(i => new BsonDocument { { "a", i % 4 }, { "b", i } }), cancellationToken: Cancel);

        var explained = await ExplainAsync(collection, new BsonDocument { { "find", collection.CollectionNamespace.CollectionName }, { "filter", BsonDocument.Parse(filter) }, { "sort", BsonDocument.Parse(sort) } });

        var plan = explained["queryPlanner"]["winningPlan"].AsBsonDocument;
        plan["stage"].AsString.Should().Be("FETCH");
        plan["inputStage"]["indexBounds"].Should().Be(BsonDocument.Parse(bounds));
        plan["inputStage"]["direction"].AsString.Should().Be(sort == "{}" ? "forward" : "backward");
    }

    [Theory]
    [InlineData("{ find: 'c', filter: { a: 1 } }", 5, 5, 5)]
    [InlineData("{ find: 'c', filter: { a: 1 }, limit: 2 }", 2, 2, 2)]
    [InlineData("{ find: 'c', filter: { c: 1 } }", 4, 0, 20)]
    [InlineData("{ find: 'c', filter: { a: 1 }, sort: { c: 1 }, skip: 1, limit: 3 }", 3, 5, 5)]
    [InlineData("{ find: 'c', filter: { a: 9 } }", 0, 0, 0)]
    [InlineData("{ find: 'c', filter: { $or: [{ a: 1 }, { b: { $lt: 2 } }] } }", 6, 7, 6)]
    [InlineData("{ find: 'c', filter: { $or: [{ a: 1 }, { c: 0 }] } }", 8, 0, 20)]
    public async Task Explain_tells_what_a_query_reads(string command, int returned, int keys, int documents)
    {
        var collection = target.NewCollection();
        await CreateAsync(collection, "{ a: 1 }");
        await CreateAsync(collection, "{ b: 1 }");
        await collection.InsertManyAsync(Enumerable.Range(0, 20).Select(i => new BsonDocument { { "a", i % 4 }, { "b", i }, { "c", i % 5 } }), cancellationToken: Cancel);
        var find = BsonDocument.Parse(command);
        find["find"] = collection.CollectionNamespace.CollectionName;

        var stats = (await ExplainAsync(collection, find))["executionStats"];

        (stats["nReturned"].ToInt32(), stats["totalKeysExamined"].ToInt32(), stats["totalDocsExamined"].ToInt32()).Should().Be((returned, keys, documents));
    }

    [Fact]
    public async Task Explain_of_a_collection_that_is_not_there_reads_nothing()
    {
        var collection = target.NewCollection();

        var explained = await ExplainAsync(collection, new BsonDocument("find", collection.CollectionNamespace.CollectionName));

        explained["queryPlanner"]["winningPlan"]["stage"].AsString.Should().Be("EOF");
        (explained["executionStats"]["nReturned"].ToInt32(), explained["executionStats"]["totalDocsExamined"].ToInt32()).Should().Be((0, 0));
    }

    [Fact]
    public async Task A_count_that_an_index_answers_reads_no_documents()
    {
        var collection = target.NewCollection();
        await CreateAsync(collection, "{ a: 1, b: 1 }");
        await collection.InsertManyAsync(Enumerable.Range(0, 20).Select(i => new BsonDocument { { "a", i % 4 }, { "b", i } }), cancellationToken: Cancel);
        var count = new BsonDocument { { "count", collection.CollectionNamespace.CollectionName }, { "query", BsonDocument.Parse("{ a: 1, b: { $gt: 5 } }") } };

        var explained = await ExplainAsync(collection, count);
        var counted = await collection.Database.RunCommandAsync<BsonDocument>(count, cancellationToken: Cancel);

        explained["executionStats"]["totalDocsExamined"].ToInt32().Should().Be(0);
        explained["queryPlanner"]["winningPlan"]["inputStage"]["stage"].AsString.Should().Be("COUNT_SCAN");
        counted["n"].ToInt32().Should().Be(3);
    }

    [Theory]
    [InlineData("{ n: 5, active: true }", "IXSCAN")]
    [InlineData("{ n: 5, active: true, size: { $gt: 20 } }", "IXSCAN")]
    [InlineData("{ n: 5 }", "COLLSCAN")]
    [InlineData("{ n: 5, size: { $gte: 10 } }", "IXSCAN")]
    [InlineData("{ n: 5, size: { $gt: 9 } }", "COLLSCAN")]
    public async Task A_partial_index_serves_the_queries_that_imply_its_filter(string filter, string stage)
    {
        var collection = target.NewCollection();
        var condition = filter.Contains("active", StringComparison.Ordinal) ? "{ active: true }" : "{ size: { $gte: 10 } }";
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ n: 1 }", new CreateIndexOptions<BsonDocument> { PartialFilterExpression = condition }), cancellationToken: Cancel);
        await collection.InsertManyAsync(Enumerable.Range(0, 9).Select(i => new BsonDocument { { "n", 5 }, { "active", i % 2 == 0 }, { "size", i * 4 } }), cancellationToken: Cancel);

        var explained = await ExplainAsync(collection, new BsonDocument { { "find", collection.CollectionNamespace.CollectionName }, { "filter", BsonDocument.Parse(filter) } });

        var plan = explained["queryPlanner"]["winningPlan"].AsBsonDocument;
        plan.GetValue("inputStage", plan)["stage"].AsString.Should().Be(stage);
    }

    [Fact]
    public async Task Of_two_indexes_with_one_key_one_is_dropped_by_its_name_only()
    {
        var collection = target.NewCollection();
        await CreateAsync(collection, "{ a: 1 }");
        await CreateAsync(collection, "{ a: 1 }", new CreateIndexOptions { Name = "sparse", Sparse = true });

        var refused = await collection.Awaiting(c => c.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "dropIndexes", c.CollectionNamespace.CollectionName }, { "index", new BsonDocument("a", 1) } }, cancellationToken: Cancel)).Should().ThrowAsync<MongoCommandException>();
        await collection.Indexes.DropOneAsync("sparse", Cancel);

        refused.Which.Code.Should().Be(181);
        (await (await collection.Indexes.ListAsync(Cancel)).ToListAsync(Cancel)).Should().HaveCount(2);
    }

    [Fact]
    public async Task Min_and_max_cut_the_hinted_index()
    {
        var collection = target.NewCollection();
        await CreateAsync(collection, "{ a: 1, b: -1 }");
        await collection.InsertManyAsync(Enumerable.Range(0, 12).Select(i => new BsonDocument { { "_id", i }, { "a", i / 4 }, { "b", i % 4 } }), cancellationToken: Cancel);

        var found = await collection.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument
            {
                { "find", collection.CollectionNamespace.CollectionName },
                { "hint", new BsonDocument { { "a", 1 }, { "b", -1 } } },
                { "min", new BsonDocument { { "a", 1 }, { "b", 2 } } },
                { "max", new BsonDocument { { "a", 2 }, { "b", 1 } } },
            },
            cancellationToken: Cancel);

        found["cursor"]["firstBatch"].AsBsonArray.Select(document => document["_id"].AsInt32).Should().Equal(6, 5, 4, 11, 10);
    }

    [Fact]
    public async Task The_reply_of_createIndexes_counts_and_options_that_differ_are_refused()
    {
        var collection = target.NewCollection();
        var first = await CreateAsync(collection, new BsonArray { BsonDocument.Parse("{ key: { a: 1 }, name: 'a_1', expireAfterSeconds: 60.0 }"), BsonDocument.Parse("{ key: { b: 1 }, name: 'b_1' }") });
        var second = await CreateAsync(collection, new BsonArray { BsonDocument.Parse("{ key: { a: 1 }, name: 'a_1', expireAfterSeconds: 60 }") });

        (first["numIndexesBefore"].ToInt32(), first["numIndexesAfter"].ToInt32(), first["createdCollectionAutomatically"].AsBoolean).Should().Be((1, 3, true));
        (second["numIndexesBefore"].ToInt32(), second["numIndexesAfter"].ToInt32(), second["createdCollectionAutomatically"].AsBoolean).Should().Be((3, 3, false));
        (await collection.Awaiting(c => CreateAsync(c, new BsonArray { BsonDocument.Parse("{ key: { a: 1 }, name: 'a_1', expireAfterSeconds: 5 }") })).Should().ThrowAsync<MongoCommandException>())
            .Which.Code.Should().Be(85);
        (await collection.Awaiting(c => CreateAsync(c, new BsonArray { BsonDocument.Parse("{ key: { b: 1 }, name: 'bad', unique: 'yes' }") })).Should().ThrowAsync<MongoCommandException>())
            .Which.Code.Should().Be(14);
    }

    [Fact]
    public async Task A_duplicate_key_error_tells_pattern_and_value()
    {
        var collection = target.NewCollection();
        await CreateAsync(collection, "{ a: 1, b: -1 }", new CreateIndexOptions { Unique = true });
        await collection.InsertOneAsync(BsonDocument.Parse("{ a: 1, b: 'x' }"), cancellationToken: Cancel);

        var reply = await collection.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "findAndModify", collection.CollectionNamespace.CollectionName }, { "query", new BsonDocument("a", 1) }, { "update", BsonDocument.Parse("{ $set: { c: 1 } }") } }, cancellationToken: Cancel);
        var failure = (await collection.Awaiting(c => c.InsertOneAsync(BsonDocument.Parse("{ a: 1, b: 'x' }"), cancellationToken: Cancel)).Should().ThrowAsync<MongoWriteException>()).Which;

        reply["lastErrorObject"]["n"].ToInt32().Should().Be(1);
        failure.WriteError.Message.Should().Contain("index: a_1_b_-1 dup key: { a: 1, b: \"x\" }");
    }

    private static Task<BsonDocument> CreateAsync(IMongoCollection<BsonDocument> collection, BsonArray indexes) =>
        collection.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "createIndexes", collection.CollectionNamespace.CollectionName }, { "indexes", indexes } }, cancellationToken: Cancel);

    private static Task<BsonDocument> ExplainAsync(IMongoCollection<BsonDocument> collection, BsonDocument command) =>
        collection.Database.RunCommandAsync<BsonDocument>(new BsonDocument { { "explain", command }, { "verbosity", "executionStats" } }, cancellationToken: Cancel);

    private static Task<string> CreateAsync(IMongoCollection<BsonDocument> collection, string key, CreateIndexOptions? options = null) =>
        collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(key, options), cancellationToken: Cancel);
}
