using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>Change streams as the driver sees them ("Change Streams" and "Change Events" in MongoDB's manual).</summary>
[Trait("Category", "Integration")]
public abstract class ChangeStreamFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static readonly PipelineDefinition<ChangeStreamDocument<BsonDocument>, BsonDocument> Raw =
        new EmptyPipelineDefinition<ChangeStreamDocument<BsonDocument>>().As<ChangeStreamDocument<BsonDocument>, ChangeStreamDocument<BsonDocument>, BsonDocument>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_kind_of_write_is_told_with_what_it_changed()
    {
        var collection = target.NewCollection();
        using var stream = await WatchAsync(collection);

        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, a: 1, b: { c: 1 }, list: [1, 2] }"), cancellationToken: Cancel);
        await collection.UpdateOneAsync("{ _id: 1 }", "{ $set: { a: 2, 'b.d': 3 }, $unset: { 'b.c': 1 }, $push: { list: 3 } }", cancellationToken: Cancel);
        await collection.ReplaceOneAsync("{ _id: 1 }", BsonDocument.Parse("{ z: 1 }"), cancellationToken: Cancel);
        await collection.DeleteOneAsync("{ _id: 1 }", Cancel);
        var events = await stream.TakeAsync(4, Cancel);

        events.Select(told => told["operationType"].AsString).Should().Equal("insert", "update", "replace", "delete");
        events[0]["fullDocument"].Should().Be(BsonDocument.Parse("{ _id: 1, a: 1, b: { c: 1 }, list: [1, 2] }"));
        events[1]["updateDescription"].Should().Be(BsonDocument.Parse("{ updatedFields: { a: 2, 'b.d': 3, 'list.2': 3 }, removedFields: ['b.c'], truncatedArrays: [] }"));
        events[1].Contains("fullDocument").Should().BeFalse();
        events[2]["fullDocument"].Should().Be(BsonDocument.Parse("{ _id: 1, z: 1 }"));
        foreach (var told in events)
        {
            told["documentKey"].Should().Be(new BsonDocument("_id", 1));
            told["ns"].Should().Be(new BsonDocument { { "db", collection.Database.DatabaseNamespace.DatabaseName }, { "coll", collection.CollectionNamespace.CollectionName } });
            told["wallTime"].IsValidDateTime.Should().BeTrue();
        }

        events.Select(told => told["clusterTime"].AsBsonTimestamp).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        events.Select(told => told["_id"]["_data"].AsString).Should().BeInAscendingOrder(StringComparer.Ordinal).And.OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData("{ $set: { b: { c: 1, e: 2 } } }", "{ updatedFields: { b: { c: 1, e: 2 } }, removedFields: [], truncatedArrays: [] }")]
    [InlineData("{ $set: { 'n.m': 1 } }", "{ updatedFields: { n: { m: 1 } }, removedFields: [], truncatedArrays: [] }")]
    [InlineData("{ $pull: { list: 1 } }", "{ updatedFields: { list: [2, 3] }, removedFields: [], truncatedArrays: [] }")]
    [InlineData("{ $pop: { list: 1 } }", "{ updatedFields: { list: [1, 2] }, removedFields: [], truncatedArrays: [] }")]
    [InlineData("{ $set: { 'list.1': 9 } }", "{ updatedFields: { 'list.1': 9 }, removedFields: [], truncatedArrays: [] }")]
    [InlineData("{ $rename: { a: 'renamed' } }", "{ updatedFields: { renamed: 1 }, removedFields: ['a'], truncatedArrays: [] }")]
    public async Task An_update_tells_the_paths_its_operators_have_set(string update, string description)
    {
        var collection = target.NewCollection();
        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, a: 1, b: { c: 1, d: 1 }, list: [1, 2, 3] }"), cancellationToken: Cancel);
        using var stream = await WatchAsync(collection);

        await collection.UpdateOneAsync("{ _id: 1 }", update, cancellationToken: Cancel);

        (await stream.TakeAsync(1, Cancel))[0]["updateDescription"].Should().Be(BsonDocument.Parse(description));
    }

    [Fact]
    public async Task A_write_that_changes_nothing_is_not_told()
    {
        var collection = target.NewCollection();
        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, a: 1 }"), cancellationToken: Cancel);
        using var stream = await WatchAsync(collection);

        await collection.UpdateOneAsync("{ _id: 1 }", "{ $set: { a: 1 } }", cancellationToken: Cancel);
        await collection.DeleteOneAsync("{ _id: 7 }", Cancel);
        await collection.InsertOneAsync(new BsonDocument("_id", 2), cancellationToken: Cancel);

        (await stream.TakeAsync(1, Cancel))[0]["documentKey"]["_id"].AsInt32.Should().Be(2);
    }

    [Fact]
    public async Task The_document_as_it_is_now_is_looked_up_for_updates()
    {
        var collection = target.NewCollection();
        using var stream = await WatchAsync(collection, new ChangeStreamOptions { FullDocument = ChangeStreamFullDocumentOption.UpdateLookup });
        await collection.InsertManyAsync([new BsonDocument("_id", 1), new BsonDocument("_id", 2)], cancellationToken: Cancel);
        await collection.UpdateOneAsync("{ _id: 1 }", "{ $set: { a: 1 } }", cancellationToken: Cancel);
        await collection.UpdateOneAsync("{ _id: 1 }", "{ $set: { a: 2 } }", cancellationToken: Cancel);
        await collection.UpdateOneAsync("{ _id: 2 }", "{ $set: { a: 1 } }", cancellationToken: Cancel);
        await collection.DeleteOneAsync("{ _id: 2 }", Cancel);

        var events = await stream.TakeAsync(6, Cancel);

        events[2]["fullDocument"]["a"].AsInt32.Should().Be(2, "that is what it is by now");
        events[4]["fullDocument"].Should().Be(BsonNull.Value);
    }

    [Fact]
    public async Task Images_are_there_where_the_collection_keeps_them()
    {
        var collection = target.NewCollection();
        await collection.Database.CreateCollectionAsync(
            collection.CollectionNamespace.CollectionName,
            new CreateCollectionOptions { ChangeStreamPreAndPostImagesOptions = new() { Enabled = true } },
            Cancel);
        using var stream = await WatchAsync(collection, new ChangeStreamOptions
        {
            FullDocument = ChangeStreamFullDocumentOption.Required,
            FullDocumentBeforeChange = ChangeStreamFullDocumentBeforeChangeOption.Required,
        });
        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 1, a: 1 }"), cancellationToken: Cancel);
        await collection.UpdateOneAsync("{ _id: 1 }", "{ $set: { a: 2 } }", cancellationToken: Cancel);
        await collection.UpdateOneAsync("{ _id: 1 }", "{ $set: { a: 3 } }", cancellationToken: Cancel);
        await collection.ReplaceOneAsync("{ _id: 1 }", BsonDocument.Parse("{ a: 4 }"), cancellationToken: Cancel);
        await collection.DeleteOneAsync("{ _id: 1 }", Cancel);

        var events = await stream.TakeAsync(5, Cancel);

        events.Take(4).Select(told => told["fullDocument"]["a"].AsInt32).Should().Equal(1, 2, 3, 4);
        events.Skip(1).Select(told => told["fullDocumentBeforeChange"]["a"].AsInt32).Should().Equal(1, 2, 3, 4);
        events[0].Contains("fullDocumentBeforeChange").Should().BeFalse();
    }

    [Fact]
    public async Task Images_that_were_not_kept_are_null_when_available_and_fail_when_required()
    {
        var collection = target.NewCollection();
        await collection.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Cancel);
        using var available = await WatchAsync(collection, new ChangeStreamOptions
        {
            FullDocument = ChangeStreamFullDocumentOption.WhenAvailable,
            FullDocumentBeforeChange = ChangeStreamFullDocumentBeforeChangeOption.WhenAvailable,
        });
        using var required = await WatchAsync(collection, new ChangeStreamOptions { FullDocument = ChangeStreamFullDocumentOption.Required });
        await collection.UpdateOneAsync("{ _id: 1 }", "{ $set: { a: 2 } }", cancellationToken: Cancel);

        var told = (await available.TakeAsync(1, Cancel))[0];
        var failure = (await required.Awaiting(stream => stream.TakeAsync(1, Cancel)).Should().ThrowAsync<MongoCommandException>()).Which;

        told["fullDocument"].Should().Be(BsonNull.Value);
        told["fullDocumentBeforeChange"].Should().Be(BsonNull.Value);
        failure.CodeName.Should().Be("NoMatchingDocument");
    }

    [Fact]
    public async Task A_stream_resumes_after_every_event_without_loss_or_repetition()
    {
        var collection = target.NewCollection();
        using var stream = await WatchAsync(collection);
        await collection.InsertManyAsync(Enumerable.Range(0, 5).Select(i => new BsonDocument("_id", i)), cancellationToken: Cancel);
        await collection.UpdateManyAsync("{}", "{ $set: { a: 1 } }", cancellationToken: Cancel);
        await collection.DeleteManyAsync("{}", Cancel);
        var events = await stream.TakeAsync(15, Cancel);

        for (var i = 0; i < events.Count - 1; i++)
        {
            using var resumed = await WatchAsync(collection, new ChangeStreamOptions { ResumeAfter = events[i]["_id"].AsBsonDocument });
            (await resumed.TakeAsync(events.Count - 1 - i, Cancel)).Should().Equal(events.Skip(i + 1));
            using var started = await WatchAsync(collection, new ChangeStreamOptions { StartAfter = events[i]["_id"].AsBsonDocument });
            (await started.TakeAsync(events.Count - 1 - i, Cancel)).Should().Equal(events.Skip(i + 1));
            using var timed = await WatchAsync(collection, new ChangeStreamOptions { StartAtOperationTime = events[i]["clusterTime"].AsBsonTimestamp });
            (await timed.TakeAsync(events.Count - i, Cancel)).Should().Equal(events.Skip(i));
        }
    }

    [Fact]
    public async Task The_token_of_an_empty_batch_resumes_too_and_advances_while_nothing_happens()
    {
        var collection = target.NewCollection();
        var other = target.NewCollection();
        using var stream = await WatchAsync(collection);
        (await stream.MoveNextAsync(Cancel)).Should().BeTrue();
        var first = stream.GetResumeToken();
        await other.InsertOneAsync([], cancellationToken: Cancel);
        await Eventually.HoldsAsync(
            async () =>
            {
                await stream.MoveNextAsync(Cancel);
                return string.CompareOrdinal(stream.GetResumeToken()["_data"].AsString, first["_data"].AsString) > 0;
            },
            Cancel);
        var later = stream.GetResumeToken();
        await collection.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Cancel);

        foreach (var token in new[] { first, later })
        {
            using var resumed = await WatchAsync(collection, new ChangeStreamOptions { ResumeAfter = token });
            (await resumed.TakeAsync(1, Cancel))[0]["documentKey"]["_id"].AsInt32.Should().Be(1);
        }
    }

    [Fact]
    public async Task A_waiting_stream_is_woken_by_the_write()
    {
        var collection = target.NewCollection();
        using var stream = await WatchAsync(collection, new ChangeStreamOptions { MaxAwaitTime = TimeSpan.FromSeconds(20) });
        await stream.MoveNextAsync(Cancel);
        var waiting = stream.MoveNextAsync(Cancel);

        await collection.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Cancel);

        (await waiting.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Cancel)).Should().BeTrue();
        stream.Current.Should().ContainSingle();
    }

    [Fact]
    public async Task Stages_of_the_client_filter_and_shape_events()
    {
        var collection = target.NewCollection();
        PipelineDefinition<ChangeStreamDocument<BsonDocument>, BsonDocument> pipeline = new BsonDocument[]
        {
            BsonDocument.Parse("{ $match: { operationType: 'insert', 'fullDocument.n': { $gt: 1 } } }"),
            BsonDocument.Parse("{ $project: { n: '$fullDocument.n' } }"),
        };
        using var stream = await collection.WatchAsync(pipeline, cancellationToken: Cancel);
        await collection.InsertManyAsync(Enumerable.Range(0, 4).Select(i => new BsonDocument("n", i)), cancellationToken: Cancel);

        var events = await stream.TakeAsync(2, Cancel);

        events.Select(told => told["n"].AsInt32).Should().Equal(2, 3);
        events[0].Names.Should().Equal("_id", "n");
    }

    [Theory]
    [InlineData("{ $group: { _id: 1 } }", 20)]
    [InlineData("{ $sort: { _id: 1 } }", 20)]
    public async Task Stages_that_need_all_events_are_refused(string stage, int code)
    {
        var collection = target.NewCollection();
        PipelineDefinition<ChangeStreamDocument<BsonDocument>, BsonDocument> pipeline = new[] { BsonDocument.Parse(stage) };

        (await collection.Awaiting(c => c.WatchAsync(pipeline, cancellationToken: Cancel)).Should().ThrowAsync<MongoCommandException>()).Which.Code.Should().Be(code);
    }

    [Fact]
    public async Task A_pipeline_that_takes_the_token_away_ends_the_stream()
    {
        var collection = target.NewCollection();
        PipelineDefinition<ChangeStreamDocument<BsonDocument>, BsonDocument> pipeline = new[] { BsonDocument.Parse("{ $project: { _id: 0 } }") };
        using var stream = await collection.WatchAsync(pipeline, cancellationToken: Cancel);
        await collection.InsertOneAsync([], cancellationToken: Cancel);

        (await stream.Awaiting(s => s.TakeAsync(1, Cancel)).Should().ThrowAsync<MongoCommandException>()).Which.CodeName.Should().Be("ChangeStreamFatalError");
    }

    [Fact]
    public async Task A_dropped_collection_invalidates_its_stream_which_can_start_after_that_but_not_resume()
    {
        var collection = target.NewCollection();
        using var stream = await WatchAsync(collection);
        await collection.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Cancel);
        await collection.Database.DropCollectionAsync(collection.CollectionNamespace.CollectionName, Cancel);
        var events = await stream.TakeAsync(3, Cancel);
        await collection.InsertOneAsync(new BsonDocument("_id", 2), cancellationToken: Cancel);

        events.Select(told => told["operationType"].AsString).Should().Equal("insert", "drop", "invalidate");
        var token = events[2]["_id"].AsBsonDocument;
        (await collection.Awaiting(c => WatchAsync(c, new ChangeStreamOptions { ResumeAfter = token })).Should().ThrowAsync<MongoCommandException>())
            .Which.CodeName.Should().Be("InvalidResumeToken");
        using var again = await WatchAsync(collection, new ChangeStreamOptions { StartAfter = token });
        (await again.TakeAsync(1, Cancel))[0]["documentKey"]["_id"].AsInt32.Should().Be(2);
        using var afterDrop = await WatchAsync(collection, new ChangeStreamOptions { ResumeAfter = events[1]["_id"].AsBsonDocument });
        (await afterDrop.TakeAsync(1, Cancel))[0]["operationType"].AsString.Should().Be("invalidate");
    }

    [Fact]
    public async Task A_renamed_collection_tells_its_new_name_and_invalidates_the_stream()
    {
        var collection = target.NewCollection();
        var name = collection.CollectionNamespace.CollectionName;
        await collection.InsertOneAsync([], cancellationToken: Cancel);
        using var stream = await WatchAsync(collection);

        await collection.Database.RenameCollectionAsync(name, name + "_to", cancellationToken: Cancel);

        var events = await stream.TakeAsync(2, Cancel);
        events[0]["operationType"].AsString.Should().Be("rename");
        events[0]["to"]["coll"].AsString.Should().Be(name + "_to");
        events[1]["operationType"].AsString.Should().Be("invalidate");
    }

    [Fact]
    public async Task A_database_stream_sees_all_its_collections_and_ends_with_the_database()
    {
        Assert.SkipWhen(target.SkipReason is not null, target.SkipReason ?? "");
        var database = target.Client.GetDatabase($"watched_{Guid.NewGuid():N}");
        using var stream = await database.WatchAsync(Raw, cancellationToken: Cancel);

        await database.GetCollection<BsonDocument>("a").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Cancel);
        await database.GetCollection<BsonDocument>("b").InsertOneAsync(new BsonDocument("_id", 2), cancellationToken: Cancel);
        await database.DropCollectionAsync("a", Cancel);
        await target.Client.DropDatabaseAsync(database.DatabaseNamespace.DatabaseName, Cancel);

        var events = await stream.TakeAsync(6, Cancel);
        events.Select(told => told["operationType"].AsString).Should().Equal("insert", "insert", "drop", "drop", "dropDatabase", "invalidate");
        events[4]["ns"].Should().Be(new BsonDocument("db", database.DatabaseNamespace.DatabaseName));
    }

    [Fact]
    public async Task A_cluster_stream_sees_every_database()
    {
        Assert.SkipWhen(target.SkipReason is not null, target.SkipReason ?? "");
        string[] databases = [$"cluster_{Guid.NewGuid():N}", $"cluster_{Guid.NewGuid():N}"];
        PipelineDefinition<ChangeStreamDocument<BsonDocument>, BsonDocument> these = new[] { new BsonDocument("$match", new BsonDocument("ns.db", new BsonDocument("$in", new BsonArray(databases)))) };
        using var stream = await target.Client.WatchAsync(these, cancellationToken: Cancel);

        foreach (var database in databases) await target.Client.GetDatabase(database).GetCollection<BsonDocument>("c").InsertOneAsync([], cancellationToken: Cancel);

        (await stream.TakeAsync(2, Cancel)).Select(told => told["ns"]["db"].AsString).Should().Equal(databases);
        foreach (var database in databases) await target.Client.DropDatabaseAsync(database, Cancel);
    }

    [Fact]
    public async Task Expanded_events_tell_of_collections_and_indexes_too()
    {
        var collection = target.NewCollection();
        var name = collection.CollectionNamespace.CollectionName;
        using var plain = await WatchAsync(collection);
        using var stream = await WatchAsync(collection, new ChangeStreamOptions { ShowExpandedEvents = true });
        await collection.Database.CreateCollectionAsync(name, cancellationToken: Cancel);
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ a: 1 }"), cancellationToken: Cancel);
        await collection.Indexes.DropOneAsync("a_1", Cancel);
        await collection.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "a", new BsonDocument("0", 1) } }, cancellationToken: Cancel);
        await collection.UpdateOneAsync("{ _id: 1 }", "{ $set: { 'a.0': 2 } }", cancellationToken: Cancel);

        var events = await stream.TakeAsync(5, Cancel);

        events.Select(told => told["operationType"].AsString).Should().Equal("create", "createIndexes", "dropIndexes", "insert", "update");
        events.Should().OnlyContain(told => told.Contains("collectionUUID"));
        events[1]["operationDescription"]["indexes"][0]["name"].AsString.Should().Be("a_1");
        events[4]["updateDescription"]["disambiguatedPaths"].Should().Be(BsonDocument.Parse("{ 'a.0': ['a', '0'] }"));
        (await plain.TakeAsync(2, Cancel)).Select(told => told["operationType"].AsString).Should().Equal("insert", "update");
    }

    [Fact]
    public async Task A_token_that_is_none_is_refused()
    {
        var collection = target.NewCollection();

        (await collection.Awaiting(c => WatchAsync(c, new ChangeStreamOptions { ResumeAfter = new BsonDocument("_data", "82") })).Should().ThrowAsync<MongoCommandException>())
            .Which.Code.Should().NotBe(0);
        (await collection.Awaiting(c => WatchAsync(c, new ChangeStreamOptions { ResumeAfter = new BsonDocument("_id", "82") })).Should().ThrowAsync<MongoCommandException>())
            .Which.Code.Should().NotBe(0);
    }

    [Fact]
    public async Task A_token_of_another_collection_is_not_found()
    {
        var collection = target.NewCollection();
        var other = target.NewCollection();
        using var stream = await WatchAsync(other);
        await other.InsertOneAsync([], cancellationToken: Cancel);
        var token = (await stream.TakeAsync(1, Cancel))[0]["_id"].AsBsonDocument;

        (await collection.Awaiting(c => WatchAndMoveAsync(c, token)).Should().ThrowAsync<MongoCommandException>()).Which.CodeName.Should().Be("ChangeStreamFatalError");
    }

    private static async Task WatchAndMoveAsync(IMongoCollection<BsonDocument> collection, BsonDocument token)
    {
        using var stream = await WatchAsync(collection, new ChangeStreamOptions { ResumeAfter = token });
        await stream.MoveNextAsync(Cancel);
    }

    private static Task<IChangeStreamCursor<BsonDocument>> WatchAsync(IMongoCollection<BsonDocument> collection, ChangeStreamOptions? options = null)
    {
        options ??= new ChangeStreamOptions();
        // An idle wait ends soon, so that tests of what does not come end soon.
        options.MaxAwaitTime ??= TimeSpan.FromMilliseconds(100);
        return collection.WatchAsync(Raw, options, Cancel);
    }
}
