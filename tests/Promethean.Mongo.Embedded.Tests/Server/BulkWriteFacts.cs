using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>The client's bulk write over several collections: "bulkWrite" in MongoDB's manual (since 8.0).</summary>
[Trait("Category", "Integration")]
public abstract class BulkWriteFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operations_in_two_collections_are_counted_and_each_has_its_result()
    {
        var (first, second) = (target.NewCollection(), target.NewCollection());

        var result = await target.Client.BulkWriteAsync(
            [
                new BulkWriteInsertOneModel<BsonDocument>(first.CollectionNamespace, BsonDocument.Parse("{ _id: 1, n: 1 }")),
                new BulkWriteInsertOneModel<BsonDocument>(second.CollectionNamespace, BsonDocument.Parse("{ _id: 2, n: 2 }")),
                new BulkWriteUpdateOneModel<BsonDocument>(first.CollectionNamespace, "{ _id: 1 }", "{ $inc: { n: 10 } }"),
                new BulkWriteUpdateManyModel<BsonDocument>(second.CollectionNamespace, "{}", "{ $set: { seen: true } }"),
                new BulkWriteReplaceOneModel<BsonDocument>(second.CollectionNamespace, "{ _id: 7 }", BsonDocument.Parse("{ n: 7 }"), isUpsert: true),
                new BulkWriteDeleteOneModel<BsonDocument>(first.CollectionNamespace, "{ n: 11 }"),
                new BulkWriteDeleteManyModel<BsonDocument>(second.CollectionNamespace, "{ n: 99 }"),
            ],
            new ClientBulkWriteOptions { VerboseResult = true },
            Cancel);

        (result.InsertedCount, result.MatchedCount, result.ModifiedCount, result.UpsertedCount, result.DeletedCount).Should().Be((2, 2, 2, 1, 1));
        result.InsertResults[1].DocumentId.Should().Be((BsonValue)2);
        result.UpdateResults[2].ModifiedCount.Should().Be(1);
        result.UpdateResults[4].UpsertedId.Should().Be((BsonValue)7);
        result.DeleteResults[5].DeletedCount.Should().Be(1);
        (await first.Find("{}").ToListAsync(Cancel)).Should().BeEmpty();
        (await second.Find("{}").Sort("{ _id: 1 }").ToListAsync(Cancel)).Should().BeEquivalentTo([BsonDocument.Parse("{ _id: 2, n: 2, seen: true }"), BsonDocument.Parse("{ _id: 7, n: 7 }")]);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task An_error_ends_an_ordered_bulk_and_no_other(bool ordered, int inserted)
    {
        var collection = target.NewCollection();
        BulkWriteModel[] models =
        [
            .. new[] { 1, 1, 2 }.Select(id => new BulkWriteInsertOneModel<BsonDocument>(collection.CollectionNamespace, new BsonDocument("_id", id))),
        ];

        var failure = (await target.Client.Awaiting(client => client.BulkWriteAsync(models, new ClientBulkWriteOptions { IsOrdered = ordered }, Cancel))
            .Should().ThrowAsync<ClientBulkWriteException>()).Which;

        failure.WriteErrors.Keys.Should().Equal(1);
        failure.WriteErrors[1].Code.Should().Be(11000);
        failure.PartialResult!.InsertedCount.Should().Be(inserted);
        (await collection.Find("{}").ToListAsync(Cancel)).Should().HaveCount(inserted);
    }

    [Fact]
    public async Task Errors_of_single_operations_are_told_with_their_codes()
    {
        var collection = target.NewCollection();
        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, text: 'x' }"), cancellationToken: Cancel);

        var failure = (await target.Client.Awaiting(client => client.BulkWriteAsync(
            [
                new BulkWriteUpdateOneModel<BsonDocument>(collection.CollectionNamespace, "{ _id: 1 }", "{ $inc: { text: 1 } }"),
                new BulkWriteUpdateOneModel<BsonDocument>(collection.CollectionNamespace, "{ _id: 1 }", "{ $set: { n: 5 } }"),
            ],
            new ClientBulkWriteOptions { IsOrdered = false },
            Cancel)).Should().ThrowAsync<ClientBulkWriteException>()).Which;

        failure.WriteErrors[0].Code.Should().Be(14);
        failure.PartialResult!.ModifiedCount.Should().Be(1);
    }

    [Fact]
    public async Task Only_errors_are_returned_if_only_they_are_asked_for()
    {
        var collection = target.NewCollection();
        var command = new BsonDocument
        {
            { "bulkWrite", 1 },
            { "ops", new BsonArray(new[] { 1, 1, 2 }.Select(id => BsonDocument.Parse($"{{ insert: 0, document: {{ _id: {id} }} }}"))) },
            { "nsInfo", new BsonArray { new BsonDocument("ns", collection.CollectionNamespace.FullName) } },
            { "ordered", false },
            { "errorsOnly", true },
        };

        var reply = await target.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(command, cancellationToken: Cancel);

        reply["nInserted"].ToInt32().Should().Be(2);
        reply["nErrors"].ToInt32().Should().Be(1);
        var error = reply["cursor"]["firstBatch"].AsBsonArray.Should().ContainSingle().Subject.AsBsonDocument;
        (error["ok"].ToDouble(), error["idx"].ToInt32(), error["code"].ToInt32()).Should().Be((0.0, 1, 11000));
    }

    [Fact]
    public async Task Results_come_in_batches_of_the_size_asked_for()
    {
        var collection = target.NewCollection();
        var command = new BsonDocument
        {
            { "bulkWrite", 1 },
            { "ops", new BsonArray(Enumerable.Range(0, 5).Select(id => BsonDocument.Parse($"{{ insert: 0, document: {{ _id: {id} }} }}"))) },
            { "nsInfo", new BsonArray { new BsonDocument("ns", collection.CollectionNamespace.FullName) } },
            { "cursor", new BsonDocument("batchSize", 2) },
        };
        var admin = target.Client.GetDatabase("admin");

        var reply = await admin.RunCommandAsync<BsonDocument>(command, cancellationToken: Cancel);
        var more = await admin.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "getMore", reply["cursor"]["id"] }, { "collection", "$cmd.bulkWrite" } }, cancellationToken: Cancel);

        reply["cursor"]["firstBatch"].AsBsonArray.Should().HaveCount(2);
        more["cursor"]["nextBatch"].AsBsonArray.Select(item => item["idx"].ToInt32()).Should().Equal(2, 3, 4);
    }

    [Fact]
    public async Task A_bulk_whose_reply_is_lost_is_carried_out_once_when_it_is_retried()
    {
        var collection = target.NewCollection();
        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, n: 0 }"), cancellationToken: Cancel);
        await target.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>("{ configureFailPoint: 'onPrimaryTransactionalWrite', mode: { times: 1 } }", cancellationToken: Cancel);

        var result = await target.Client.BulkWriteAsync(
            [
                new BulkWriteUpdateOneModel<BsonDocument>(collection.CollectionNamespace, "{ _id: 1 }", "{ $inc: { n: 1 } }"),
                new BulkWriteInsertOneModel<BsonDocument>(collection.CollectionNamespace, BsonDocument.Parse("{ _id: 2, n: 5 }")),
            ],
            cancellationToken: Cancel);

        (result.ModifiedCount, result.InsertedCount).Should().Be((1, 1));
        (await collection.Find("{}").Sort("{ _id: 1 }").ToListAsync(Cancel)).Select(document => document["n"].AsInt32).Should().Equal(1, 5);
    }

    [Fact]
    public async Task An_update_of_one_takes_the_first_in_the_order_asked_for()
    {
        var collection = target.NewCollection();
        await collection.InsertManyAsync(Enumerable.Range(0, 5).Select(i => new BsonDocument { { "_id", i }, { "n", -i } }), cancellationToken: Cancel);

        await collection.UpdateOneAsync("{}", "{ $set: { first: true } }", new UpdateOptions<BsonDocument> { Sort = Builders<BsonDocument>.Sort.Ascending("n") }, Cancel);

        (await collection.Find("{ first: true }").SingleAsync(Cancel))["_id"].AsInt32.Should().Be(4);
    }
}
