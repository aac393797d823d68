using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>Stages that write, that tell about the server, or that bring their own documents; manual: the page of each.</summary>
[Trait("Category", "Integration")]
public abstract class AggregationFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Out_replaces_a_collection_and_keeps_its_indexes()
    {
        var source = await FilledAsync("[{_id: 1, a: 1}, {_id: 2, a: 2}]");
        var other = await FilledAsync("[{_id: 7, a: 7}]");
        await other.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ a: 1 }", new CreateIndexOptions { Unique = true, Name = "by_a" }), cancellationToken: Cancel);

        (await source.Aggregate().Match("{ _id: 2 }").OutAsync(Name(other), Cancel)).ToList(Cancel).Should().Equal(Parse("[{_id: 2, a: 2}]"));

        (await AllAsync(other)).Should().Equal(Parse("[{_id: 2, a: 2}]"));
        (await (await other.Indexes.ListAsync(Cancel)).ToListAsync(Cancel)).Select(index => index["name"].AsString).Should().BeEquivalentTo("_id_", "by_a");
        await other.Awaiting(o => o.InsertOneAsync(Document("{ a: 2 }"), cancellationToken: Cancel)).Should().ThrowAsync<MongoWriteException>();
    }

    [Fact]
    public async Task Out_that_fails_leaves_the_collection_as_it_was()
    {
        var source = await FilledAsync("[{_id: 1, a: 1}, {_id: 2, a: 1}]");
        var other = await FilledAsync("[{_id: 7, a: 7}]");
        await other.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ a: 1 }", new CreateIndexOptions { Unique = true }), cancellationToken: Cancel);

        var failure = await source.Awaiting(s => s.Aggregate().OutAsync(Name(other), Cancel)).Should().ThrowAsync<MongoCommandException>();

        failure.Which.Code.Should().Be(11000);
        (await AllAsync(other)).Should().Equal(Parse("[{_id: 7, a: 7}]"));
    }

    [Fact]
    public async Task Out_makes_the_collection_and_may_write_over_its_own_source()
    {
        var source = await FilledAsync("[{_id: 1, a: 1}, {_id: 2, a: 2}]");
        var other = target.NewCollection();

        await source.Aggregate().Project("{ b: '$a' }").OutAsync(Name(other), Cancel);
        await source.Aggregate().Match("{ a: 1 }").OutAsync(Name(source), Cancel);

        (await AllAsync(other)).Should().Equal(Parse("[{_id: 1, b: 1}, {_id: 2, b: 2}]"));
        (await AllAsync(source)).Should().Equal(Parse("[{_id: 1, a: 1}]"));
    }

    [Theory]
    [InlineData("{}", "[{_id: 1, a: 1, x: 1}, {_id: 2, a: 2}, {_id: 3, x: 3}]")]
    [InlineData("{whenMatched: 'replace'}", "[{_id: 1, a: 1}, {_id: 2, a: 2}, {_id: 3, x: 3}]")]
    [InlineData("{whenMatched: 'keepExisting'}", "[{_id: 1, a: 0, x: 1}, {_id: 2, a: 2}, {_id: 3, x: 3}]")]
    [InlineData("{whenNotMatched: 'discard'}", "[{_id: 1, a: 1, x: 1}, {_id: 3, x: 3}]")]
    [InlineData("{whenMatched: [{$set: {sum: {$add: ['$a', '$$new.a', '$x']}}}]}", "[{_id: 1, a: 0, x: 1, sum: 2}, {_id: 2, a: 2}, {_id: 3, x: 3}]")]
    [InlineData("{let: {y: {$add: ['$a', 10]}}, whenMatched: [{$set: {y: '$$y'}}]}", "[{_id: 1, a: 0, x: 1, y: 11}, {_id: 2, a: 2}, {_id: 3, x: 3}]")]
    public async Task Merge_joins_results_into_a_collection(string options, string expected)
    {
        var source = await FilledAsync("[{_id: 1, a: 1}, {_id: 2, a: 2}]");
        var other = await FilledAsync("[{_id: 1, a: 0, x: 1}, {_id: 3, x: 3}]");

        await RunAsync(source, new BsonDocument("$merge", new BsonDocument("into", Name(other)).AddRange(Document(options))));

        (await AllAsync(other)).Should().Equal(Parse(expected));
    }

    [Fact]
    public async Task Merge_finds_documents_by_a_unique_index()
    {
        var source = await FilledAsync("[{_id: 1, k: 'x', n: 1}, {_id: 2, k: 'y', n: 2}]");
        var other = await FilledAsync("[{_id: 9, k: 'y', n: 0}]");
        var merge = Document($"{{$merge: {{into: '{Name(other)}', on: 'k'}}}}");

        (await source.Awaiting(s => RunAsync(s, "{$unset: '_id'}", merge)).Should().ThrowAsync<MongoCommandException>()).Which.Code.Should().Be(51183);
        await other.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ k: 1 }", new CreateIndexOptions { Unique = true }), cancellationToken: Cancel);
        await RunAsync(source, "{$unset: '_id'}", merge);

        var found = await other.Find("{}").Sort("{ k: 1 }").Project("{ _id: 0 }").ToListAsync(Cancel);
        found.Should().Equal(Parse("[{k: 'x', n: 1}, {k: 'y', n: 2}]"));
        (await source.Awaiting(s => RunAsync(s, "{$unset: ['_id', 'k']}", merge)).Should().ThrowAsync<MongoCommandException>()).Which.Code.Should().Be(51132);
    }

    [Theory]
    [InlineData("{whenMatched: 'fail'}", 11000)]
    [InlineData("{whenNotMatched: 'fail'}", 13113)]
    public async Task Merge_fails_where_it_is_told_to(string options, int code)
    {
        var source = await FilledAsync("[{_id: 1, a: 1}, {_id: 2, a: 2}]");
        var other = await FilledAsync("[{_id: 1, a: 0}]");

        var failure = await source.Awaiting(s => RunAsync(s, new BsonDocument("$merge", new BsonDocument("into", Name(other)).AddRange(Document(options))))).Should().ThrowAsync<MongoCommandException>();

        failure.Which.Code.Should().Be(code);
    }

    [Fact]
    public async Task Merge_writes_to_another_database_and_to_its_own_source()
    {
        var source = await FilledAsync("[{_id: 1, a: 1}, {_id: 2, a: 2}]");
        var database = target.Client.GetDatabase("promethean_tests_other");
        var into = Name(source);

        await RunAsync(source, Document($"{{$merge: {{into: {{db: 'promethean_tests_other', coll: '{into}'}}}}}}"));
        await RunAsync(source, "{$set: {b: '$a'}}", Document($"{{$merge: '{into}'}}"));

        (await AllAsync(database.GetCollection<BsonDocument>(into))).Should().Equal(Parse("[{_id: 1, a: 1}, {_id: 2, a: 2}]"));
        (await AllAsync(source)).Should().Equal(Parse("[{_id: 1, a: 1, b: 1}, {_id: 2, a: 2, b: 2}]"));
        await database.DropCollectionAsync(into, Cancel);
    }

    [Fact]
    public async Task A_pipeline_may_bring_its_own_documents()
    {
        var source = await FilledAsync("[{_id: 1}]");
        PipelineDefinition<NoPipelineInput, BsonDocument> pipeline = new BsonDocument[] { Document("{$documents: [{a: 1}, {a: 2}]}"), Document("{$match: {a: 2}}") };

        var found = await (await source.Database.AggregateAsync(pipeline, cancellationToken: Cancel)).ToListAsync(Cancel);
        var onCollection = await source.Awaiting(s => RunAsync(s, Document("{$documents: []}"))).Should().ThrowAsync<MongoCommandException>();

        found.Should().Equal(Parse("[{a: 2}]"));
        onCollection.Which.Code.Should().Be(73);
    }

    [Fact]
    public async Task Statistics_count_documents_and_name_indexes()
    {
        var source = await FilledAsync("[{_id: 1, a: 1}, {_id: 2, a: 2}]");
        await source.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ a: 1 }"), cancellationToken: Cancel);

        var stats = (await RunAsync(source, Document("{$collStats: {count: {}, storageStats: {}}}"))).Single();
        var indexes = await RunAsync(source, "{$indexStats: {}}", Document("{$sort: {name: 1}}"));
        var missing = await target.NewCollection().Awaiting(c => RunAsync(c, Document("{$collStats: {count: {}}}"))).Should().ThrowAsync<MongoCommandException>();

        stats["ns"].AsString.Should().Be(source.CollectionNamespace.FullName);
        stats["count"].ToInt32().Should().Be(2);
        stats["storageStats"]["count"].ToInt32().Should().Be(2);
        stats["storageStats"]["size"].ToInt32().Should().Be(42);
        stats["storageStats"]["nindexes"].ToInt32().Should().Be(2);
        indexes.Select(index => index["name"].AsString).Should().Equal("_id_", "a_1");
        indexes[1]["key"].AsBsonDocument.Should().Equal(Document("{ a: 1 }"));
        missing.Which.Code.Should().Be(26);
    }

    [Fact]
    public async Task Sessions_are_listed()
    {
        PipelineDefinition<NoPipelineInput, BsonDocument> pipeline = new BsonDocument[] { Document("{$listLocalSessions: {}}") };
        using var session = await target.NewCollection().Database.Client.StartSessionAsync(cancellationToken: Cancel);

        var found = await (await target.Client.GetDatabase("promethean_tests").AggregateAsync(session, pipeline, cancellationToken: Cancel)).ToListAsync(Cancel);

        found.Select(document => document["_id"]["id"]).Should().Contain(session.ServerSession.Id["id"]);
    }

    private async Task<IMongoCollection<BsonDocument>> FilledAsync(string documents)
    {
        var collection = target.NewCollection();
        await collection.InsertManyAsync(Parse(documents), cancellationToken: Cancel);
        return collection;
    }

    private static async Task<List<BsonDocument>> RunAsync(IMongoCollection<BsonDocument> collection, params BsonDocument[] stages) =>
        await (await collection.AggregateAsync<BsonDocument>(stages, cancellationToken: Cancel)).ToListAsync(Cancel);

    private static async Task<List<BsonDocument>> RunAsync(IMongoCollection<BsonDocument> collection, string first, BsonDocument second) =>
        await RunAsync(collection, Document(first), second);

    private static async Task<List<BsonDocument>> AllAsync(IMongoCollection<BsonDocument> collection) =>
        await collection.Find("{}").Sort("{ _id: 1 }").ToListAsync(Cancel);

    private static string Name(IMongoCollection<BsonDocument> collection) => collection.CollectionNamespace.CollectionName;

    private static BsonDocument Document(string json) => BsonDocument.Parse(json);

    private static List<BsonDocument> Parse(string json) => [.. BsonDocument.Parse($"{{v: {json}}}")["v"].AsBsonArray.Select(item => item.AsBsonDocument)];
}
