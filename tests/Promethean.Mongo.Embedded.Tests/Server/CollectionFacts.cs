using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>Options of collections and indexes: "create", "collMod" and "listCollections" in MongoDB's manual.</summary>
[Trait("Category", "Integration")]
public abstract class CollectionFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_collection_is_listed_with_its_options_and_its_uuid()
    {
        var collection = target.NewCollection();
        await RunAsync(collection, "create", "{ validator: { n: { $gt: 0 } }, validationLevel: 'moderate', changeStreamPreAndPostImages: { enabled: true } }");

        var listed = await ListAsync(collection);

        listed["type"].AsString.Should().Be("collection");
        listed["options"].Should().Be(BsonDocument.Parse("{ validator: { n: { $gt: 0 } }, validationLevel: 'moderate', changeStreamPreAndPostImages: { enabled: true } }"));
        listed["info"]["uuid"].AsBsonBinaryData.SubType.Should().Be(BsonBinarySubType.UuidStandard);
        listed["info"]["readOnly"].AsBoolean.Should().BeFalse();
        listed["idIndex"]["name"].AsString.Should().Be("_id_");
    }

    [Fact]
    public async Task Names_alone_come_without_options()
    {
        var collection = target.NewCollection();
        await RunAsync(collection, "create", "{ validator: { n: 1 } }");

        var reply = await collection.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "listCollections", 1 }, { "nameOnly", true }, { "filter", new BsonDocument("name", collection.CollectionNamespace.CollectionName) } }, cancellationToken: Cancel);

        reply["cursor"]["firstBatch"].AsBsonArray.Should().ContainSingle().Which.AsBsonDocument.Names.Should().Equal("name", "type");
    }

    [Fact]
    public async Task Images_can_be_switched_on_later()
    {
        var collection = target.NewCollection();
        await RunAsync(collection, "create", "{}");

        await RunAsync(collection, "collMod", "{ changeStreamPreAndPostImages: { enabled: true } }");

        (await ListAsync(collection))["options"].Should().Be(BsonDocument.Parse("{ changeStreamPreAndPostImages: { enabled: true } }"));
    }

    [Fact]
    public async Task An_index_is_given_another_time_and_the_reply_tells_both()
    {
        var collection = target.NewCollection();
        await collection.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>("{ at: 1 }", new CreateIndexOptions { ExpireAfter = TimeSpan.FromSeconds(60) }), cancellationToken: Cancel);

        var reply = await RunAsync(collection, "collMod", "{ index: { keyPattern: { at: 1 }, expireAfterSeconds: 90 } }");

        (reply["expireAfterSeconds_old"].ToInt32(), reply["expireAfterSeconds_new"].ToInt32()).Should().Be((60, 90));
        (await (await collection.Indexes.ListAsync(Cancel)).ToListAsync(Cancel))[1]["expireAfterSeconds"].ToInt32().Should().Be(90);
    }

    [Fact]
    public async Task A_hidden_index_is_kept_but_not_used_until_it_is_shown_again()
    {
        var collection = target.NewCollection();
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ a: 1 }", new CreateIndexOptions { Unique = true }), cancellationToken: Cancel);
        await collection.InsertOneAsync(BsonDocument.Parse("{ a: 1 }"), cancellationToken: Cancel);

        await RunAsync(collection, "collMod", "{ index: { name: 'a_1', hidden: true } }");
        var hidden = await StageAsync(collection);
        var listed = (await (await collection.Indexes.ListAsync(Cancel)).ToListAsync(Cancel))[1];
        await collection.Awaiting(c => c.InsertOneAsync(BsonDocument.Parse("{ a: 1 }"), cancellationToken: Cancel)).Should().ThrowAsync<MongoWriteException>("a hidden index is still unique");
        await RunAsync(collection, "collMod", "{ index: { name: 'a_1', hidden: false } }");
        var shown = await StageAsync(collection);

        (hidden, shown).Should().Be(("COLLSCAN", "IXSCAN"));
        listed["hidden"].AsBoolean.Should().BeTrue();
    }

    [Theory]
    [InlineData("create", "{ validationLevel: 'none' }", 2)]
    [InlineData("create", "{ max: 5 }", 72)]
    [InlineData("collMod", "{ validationLevel: 'strict' }", 26)]
    [InlineData("collMod", "{ noSuchOption: 1 }", 40415)]
    public async Task What_is_wrong_is_refused(string command, string options, int code)
    {
        var collection = target.NewCollection();

        (await this.Awaiting(_ => RunAsync(collection, command, options)).Should().ThrowAsync<MongoCommandException>()).Which.Code.Should().Be(code);
    }

    [Fact]
    public async Task A_change_of_an_index_that_is_not_there_is_refused()
    {
        var collection = target.NewCollection();
        await RunAsync(collection, "create", "{}");

        (await this.Awaiting(_ => RunAsync(collection, "collMod", "{ index: { name: 'none', hidden: true } }")).Should().ThrowAsync<MongoCommandException>()).Which.Code.Should().Be(27);
    }

    private static Task<BsonDocument> RunAsync(IMongoCollection<BsonDocument> collection, string command, string options) =>
        collection.Database.RunCommandAsync<BsonDocument>(new BsonDocument(command, collection.CollectionNamespace.CollectionName).Merge(BsonDocument.Parse(options)), cancellationToken: Cancel);

    private static async Task<BsonDocument> ListAsync(IMongoCollection<BsonDocument> collection)
    {
        using var cursor = await collection.Database.ListCollectionsAsync(
            new ListCollectionsOptions { Filter = new BsonDocument("name", collection.CollectionNamespace.CollectionName) }, Cancel);
        return await cursor.SingleAsync(Cancel);
    }

    private static async Task<string> StageAsync(IMongoCollection<BsonDocument> collection)
    {
        var find = new BsonDocument { { "find", collection.CollectionNamespace.CollectionName }, { "filter", new BsonDocument("a", 1) } };
        var explained = await collection.Database.RunCommandAsync<BsonDocument>(new BsonDocument { { "explain", find }, { "verbosity", "queryPlanner" } }, cancellationToken: Cancel);
        var plan = explained["queryPlanner"]["winningPlan"].AsBsonDocument;
        return plan.GetValue("inputStage", plan)["stage"].AsString;
    }
}
