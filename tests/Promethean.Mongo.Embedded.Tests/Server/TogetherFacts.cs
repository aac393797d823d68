using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>Transactions and change streams together with validators, bulk writes and fail points.</summary>
[Trait("Category", "Integration")]
public abstract class TogetherFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_transaction_is_held_to_the_validator_when_it_writes_and_not_again_when_it_commits()
    {
        var collection = await CreateAsync("{ validator: { n: { $gt: 0 } } }");
        using var session = await target.Client.StartSessionAsync(cancellationToken: Cancel);

        session.StartTransaction();
        await collection.InsertOneAsync(session, BsonDocument.Parse("{ _id: 1, n: -1 }"), new InsertOneOptions { BypassDocumentValidation = true }, Cancel);
        await collection.UpdateOneAsync(session, "{ _id: 1 }", "{ $set: { m: 1 } }", new UpdateOptions { BypassDocumentValidation = true }, Cancel);
        await session.CommitTransactionAsync(Cancel);
        session.StartTransaction();
        var refused = await collection.Awaiting(c => c.InsertOneAsync(session, BsonDocument.Parse("{ _id: 2, n: -1 }"), cancellationToken: Cancel)).Should().ThrowAsync<MongoWriteException>();
        await session.AbortTransactionAsync(Cancel);

        refused.Which.WriteError.Code.Should().Be(121);
        (await collection.Find("{}").ToListAsync(Cancel)).Should().Equal(BsonDocument.Parse("{ _id: 1, n: -1, m: 1 }"));
    }

    [Fact]
    public async Task A_bulk_write_in_a_transaction_is_seen_when_it_commits()
    {
        var collection = await CreateAsync("{}");
        using var session = await target.Client.StartSessionAsync(cancellationToken: Cancel);

        session.StartTransaction();
        await target.Client.BulkWriteAsync(session, [new BulkWriteInsertOneModel<BsonDocument>(collection.CollectionNamespace, new BsonDocument("_id", 1))], cancellationToken: Cancel);
        var before = await collection.CountDocumentsAsync("{}", cancellationToken: Cancel);
        await session.CommitTransactionAsync(Cancel);

        (before, await collection.CountDocumentsAsync("{}", cancellationToken: Cancel)).Should().Be((0, 1));
    }

    [Fact]
    public async Task A_commit_that_fails_once_is_tried_again_by_the_driver()
    {
        var collection = await CreateAsync("{}");
        using var session = await target.Client.StartSessionAsync(cancellationToken: Cancel);
        await target.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(
            "{ configureFailPoint: 'failCommand', mode: { times: 1 }, data: { failCommands: ['commitTransaction'], closeConnection: true } }", cancellationToken: Cancel);

        session.StartTransaction();
        await collection.InsertOneAsync(session, new BsonDocument("_id", 1), cancellationToken: Cancel);
        await session.CommitTransactionAsync(Cancel);

        (await collection.CountDocumentsAsync("{}", cancellationToken: Cancel)).Should().Be(1);
    }

    [Fact]
    public async Task A_change_stream_goes_on_after_a_getMore_that_failed()
    {
        var collection = await CreateAsync("{}");
        using var stream = await collection.WatchAsync(cancellationToken: Cancel);
        await target.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(
            "{ configureFailPoint: 'failCommand', mode: { times: 1 }, data: { failCommands: ['getMore'], errorCode: 10107, errorLabels: ['ResumableChangeStreamError'] } }", cancellationToken: Cancel);

        await collection.InsertOneAsync(new BsonDocument("_id", 7), cancellationToken: Cancel);
        ChangeStreamDocument<BsonDocument>? change = null;
        while (change is null && await stream.MoveNextAsync(Cancel)) change = stream.Current.FirstOrDefault();

        change!.DocumentKey["_id"].AsInt32.Should().Be(7);
    }

    [Fact]
    public async Task A_bulk_write_comes_through_a_change_stream_with_its_images()
    {
        var collection = await CreateAsync("{ changeStreamPreAndPostImages: { enabled: true } }");
        using var stream = await collection.WatchAsync(new ChangeStreamOptions { FullDocumentBeforeChange = ChangeStreamFullDocumentBeforeChangeOption.Required }, Cancel);

        await target.Client.BulkWriteAsync(
            [
                new BulkWriteInsertOneModel<BsonDocument>(collection.CollectionNamespace, BsonDocument.Parse("{ _id: 1, n: 1 }")),
                new BulkWriteUpdateOneModel<BsonDocument>(collection.CollectionNamespace, "{ _id: 1 }", "{ $set: { n: 2 } }"),
                new BulkWriteDeleteOneModel<BsonDocument>(collection.CollectionNamespace, "{ _id: 1 }"),
            ],
            cancellationToken: Cancel);
        var changes = new List<ChangeStreamDocument<BsonDocument>>();
        while (changes.Count < 3 && await stream.MoveNextAsync(Cancel)) changes.AddRange(stream.Current);

        changes.Select(change => change.OperationType).Should().Equal(ChangeStreamOperationType.Insert, ChangeStreamOperationType.Update, ChangeStreamOperationType.Delete);
        changes[2].FullDocumentBeforeChange["n"].AsInt32.Should().Be(2);
    }

    private async Task<IMongoCollection<BsonDocument>> CreateAsync(string options)
    {
        var collection = target.NewCollection();
        await collection.Database.RunCommandAsync<BsonDocument>(new BsonDocument("create", collection.CollectionNamespace.CollectionName).Merge(BsonDocument.Parse(options)), cancellationToken: Cancel);
        return collection;
    }
}
