using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>What an application does all day, through the unmodified driver.</summary>
[Trait("Category", "Integration")]
public abstract class CrudFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_inserted_is_found_by_id()
    {
        var collection = target.NewCollection();
        var document = new BsonDocument { { "name", "Ada" }, { "born", 1815 }, { "tags", new BsonArray { "maths", "engine" } } };

        await collection.InsertOneAsync(document, cancellationToken: Cancel);

        var found = await collection.Find(new BsonDocument("_id", document["_id"])).SingleAsync(Cancel);
        found.Should().BeEquivalentTo(document);
        document["_id"].IsObjectId.Should().BeTrue();
    }

    [Fact]
    public async Task A_second_document_with_the_same_id_is_refused_with_the_usual_message()
    {
        var collection = target.NewCollection();
        await collection.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Cancel);

        var failure = (await collection.Invoking(c => c.InsertOneAsync(new BsonDocument("_id", 1.0), cancellationToken: Cancel))
            .Should().ThrowAsync<MongoWriteException>()).Which;

        failure.WriteError.Code.Should().Be(11000);
        failure.WriteError.Category.Should().Be(ServerErrorCategory.DuplicateKey);
        failure.WriteError.Message.Should().Be(
            $"E11000 duplicate key error collection: {collection.CollectionNamespace} index: _id_ dup key: {{ _id: 1.0 }}");
    }

    [Fact]
    public async Task An_ordered_batch_stops_at_the_first_error_and_an_unordered_one_goes_on()
    {
        BsonDocument[] Batch() => [new("_id", 1), new("_id", 2), new("_id", 1), new("_id", 3)];
        var ordered = target.NewCollection();
        var unordered = target.NewCollection();

        var first = (await ordered.Invoking(c => c.InsertManyAsync(Batch(), cancellationToken: Cancel)).Should().ThrowAsync<MongoBulkWriteException<BsonDocument>>()).Which;
        var second = (await unordered.Invoking(c => c.InsertManyAsync(Batch(), new InsertManyOptions { IsOrdered = false }, Cancel)).Should().ThrowAsync<MongoBulkWriteException<BsonDocument>>()).Which;

        first.WriteErrors.Single().Index.Should().Be(2);
        second.WriteErrors.Single().Index.Should().Be(2);
        (await ordered.EstimatedDocumentCountAsync(cancellationToken: Cancel)).Should().Be(2);
        (await unordered.EstimatedDocumentCountAsync(cancellationToken: Cancel)).Should().Be(3);
    }

    [Fact]
    public async Task Updates_say_how_many_they_matched_and_how_many_they_changed()
    {
        var collection = target.NewCollection();
        await collection.InsertManyAsync(Enumerable.Range(1, 5).Select(i => new BsonDocument { { "_id", i }, { "even", i % 2 == 0 } }), cancellationToken: Cancel);

        var result = await collection.UpdateManyAsync("{ _id: { $gt: 1 } }", "{ $set: { even: true } }", cancellationToken: Cancel);

        result.MatchedCount.Should().Be(4);
        result.ModifiedCount.Should().Be(2);
        (await collection.Find("{ even: true }").ToListAsync(Cancel)).Should().HaveCount(4);
    }

    [Fact]
    public async Task An_upsert_adds_what_the_filter_and_the_update_say_and_tells_its_id()
    {
        var collection = target.NewCollection();

        var result = await collection.UpdateOneAsync(
            "{ _id: 'home', visits: 0 }", "{ $inc: { visits: 1 }, $setOnInsert: { first: true } }", new UpdateOptions { IsUpsert = true }, Cancel);
        var again = await collection.UpdateOneAsync("{ _id: 'home' }", "{ $inc: { visits: 1 } }", new UpdateOptions { IsUpsert = true }, Cancel);

        result.MatchedCount.Should().Be(0);
        result.UpsertedId.Should().Be((BsonValue)"home");
        again.UpsertedId.Should().BeNull();
        (await collection.Find("{}").SingleAsync(Cancel)).Should().BeEquivalentTo(BsonDocument.Parse("{ _id: 'home', visits: 2, first: true }"));
    }

    [Fact]
    public async Task Deletes_remove_one_or_all()
    {
        var collection = target.NewCollection();
        await collection.InsertManyAsync(Enumerable.Range(1, 6).Select(i => new BsonDocument { { "_id", i }, { "kind", i % 2 } }), cancellationToken: Cancel);

        (await collection.DeleteOneAsync("{ kind: 1 }", Cancel)).DeletedCount.Should().Be(1);
        (await collection.DeleteManyAsync("{ kind: 1 }", Cancel)).DeletedCount.Should().Be(2);
        (await collection.Find("{}").ToListAsync(Cancel)).Select(d => d["_id"].AsInt32).Should().Equal(2, 4, 6);
    }

    [Fact]
    public async Task Unacknowledged_writes_are_carried_out()
    {
        var collection = target.NewCollection();

        await collection.WithWriteConcern(WriteConcern.Unacknowledged).InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Cancel);

        await Eventually.HoldsAsync(async () => (await collection.Find("{ _id: { $gt: 0 } }").ToListAsync(Cancel)).Count == 1, Cancel);
    }
}
