using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Broker.Server.Mongo.Tests;

/// <summary>What is written, what is read back, and what attempts that come twice or late do.</summary>
[Trait("Category", "Integration")]
public sealed class MongoTaskJournalTests(MongoFixture mongo) : IClassFixture<MongoFixture>
{
    private static readonly FilterDefinition<BsonDocument> Everything = FilterDefinition<BsonDocument>.Empty;

    private readonly FakeTimeProvider _time = new(Sample.Start);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_comes_back_as_it_was_written()
    {
        var collection = mongo.NewCollection();
        var nameless = Sample.Task("t2") with { DedupeId = null, DedupeQueue = null, Headers = new Dictionary<string, string>() };
        var letter = Sample.Task("t3") with { Queue = "pages.dead", FadesAt = Sample.Start + TimeSpan.FromMinutes(5) };
        await using (var journal = mongo.Journal(collection))
        {
            (await Sample.ReadAsync(journal)).Should().BeEmpty();
            await journal.WriteAsync([new(Sample.Task(), true), new(nameless, true), new(letter, true)], Token);
        }

        await using var later = mongo.Journal(collection);
        (await Sample.ReadAsync(later)).Should().BeEquivalentTo([Sample.Task(), nameless, letter], Exactly);
    }

    [Fact]
    public async Task A_change_leaves_the_payload_as_it_was()
    {
        var collection = mongo.NewCollection();
        await using (var journal = mongo.Journal(collection))
        {
            await Sample.ReadAsync(journal);
            await journal.WriteAsync([new(Sample.Task(), true)], Token);
            await journal.WriteAsync([new(Sample.Task() with { Payload = default, Attempts = 3 }, false)], Token);
        }

        await using var later = mongo.Journal(collection);
        (await Sample.ReadAsync(later)).Should().BeEquivalentTo([Sample.Task() with { Attempts = 3 }], Exactly);
    }

    [Fact]
    public async Task Documents_are_readable()
    {
        var collection = mongo.NewCollection();
        await using var journal = mongo.Journal(collection);
        await Sample.ReadAsync(journal);
        await journal.WriteAsync([new(Sample.Task() with { Headers = new Dictionary<string, string> { ["h"] = "v" } }, true)], Token);
        var document = await mongo.Tasks(collection).Find(Everything).SingleAsync(Token);
        document.Remove("version");
        document.Should().BeEquivalentTo(new BsonDocument
        {
            ["_id"] = "t1",
            ["sequence"] = 7L,
            ["payload"] = "{ \"a\" : [1,2 ], \"text\":\"é漢😀\\u0000\" }",
            ["dedupe_id"] = "name",
            ["dedupe_queue"] = "pages",
            ["max_attempts"] = 5,
            ["enqueued_at"] = Sample.Start.UtcDateTime,
            ["queue"] = "pages",
            ["attempts"] = 2,
            ["due"] = (Sample.Start + TimeSpan.FromSeconds(1)).UtcDateTime,
            ["headers"] = new BsonArray { new BsonDocument { ["name"] = "h", ["value"] = "v" } },
        });
    }

    [Fact]
    public async Task A_batch_written_twice_is_written_once()
    {
        var collection = mongo.NewCollection();
        await using var journal = mongo.Journal(collection);
        await Sample.ReadAsync(journal);
        TaskChange[] batch = [new(Sample.Task(), true), new(Sample.Task("t2"), true)];
        await journal.WriteAsync(batch, Token);
        await journal.WriteAsync(batch, Token);
        (await mongo.Tasks(collection).CountDocumentsAsync(Everything, cancellationToken: Token)).Should().Be(2);
    }

    [Fact]
    public async Task An_attempt_that_takes_effect_late_does_not_bring_an_ended_task_back()
    {
        var collection = mongo.NewCollection();
        await using var journal = mongo.Journal(collection);
        await Sample.ReadAsync(journal);
        await journal.WriteAsync([new(Sample.Task(), true)], Token);
        await journal.WriteAsync([new(Ended(Sample.Task()), false)], Token);
        var tasks = mongo.Tasks(collection);
        var before = await tasks.Find(Everything).SingleAsync(Token);

        var late = async () => await tasks.BulkWriteAsync([TaskDocuments.Write(new(Sample.Task(), true), 1)], cancellationToken: Token);
        await late.Should().ThrowAsync<MongoBulkWriteException<BsonDocument>>();
        await tasks.BulkWriteAsync([TaskDocuments.Write(new(Sample.Task(), false), 1)], cancellationToken: Token);

        (await tasks.Find(Everything).SingleAsync(Token)).Should().BeEquivalentTo(before);
    }

    [Fact]
    public async Task An_ended_task_is_read_while_its_name_is_remembered_and_removed_when_nothing_can_need_it()
    {
        var collection = mongo.NewCollection();
        var ended = Ended(Sample.Task());
        await using (var journal = mongo.Journal(collection, time: _time))
        {
            await Sample.ReadAsync(journal);
            await journal.WriteAsync([new(Sample.Task(), true), new(Sample.Task("t2") with { DedupeId = null, DedupeQueue = null }, true)], Token);
            await journal.WriteAsync([new(ended, false), new(Ended(Sample.Task("t2") with { DedupeId = null, DedupeQueue = null }), false)], Token);
        }

        await using var later = mongo.Journal(collection, time: _time);
        (await Sample.ReadAsync(later)).Should().BeEquivalentTo(
            [ended with { Payload = default, Headers = new Dictionary<string, string>() }], Exactly, "nothing is left of one without a name");
        (await mongo.Tasks(collection).CountDocumentsAsync(Everything, cancellationToken: Token)).Should().Be(2);
        while (await mongo.Tasks(collection).CountDocumentsAsync(Everything, cancellationToken: Token) > 0)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        (_time.GetUtcNow() - Sample.Start).Should().BeGreaterThan(TimeSpan.FromMinutes(15), "name and grace have passed");
    }

    [Fact]
    public async Task What_is_no_task_is_named_and_refused()
    {
        var collection = mongo.NewCollection();
        await mongo.Tasks(collection).InsertOneAsync(new BsonDocument("_id", "stray"), cancellationToken: Token);
        await using var journal = mongo.Journal(collection);
        var read = () => Sample.ReadAsync(journal);
        (await read.Should().ThrowAsync<TaskJournalException>()).WithMessage("*'stray' is not a task*");
    }

    [Fact]
    public async Task A_task_that_somebody_removed_does_not_stop_the_others()
    {
        var collection = mongo.NewCollection();
        await using var journal = mongo.Journal(collection);
        await Sample.ReadAsync(journal);
        await journal.WriteAsync([new(Sample.Task("t1"), true), new(Sample.Task("t2"), true)], Token);
        await mongo.Tasks(collection).DeleteOneAsync("{ _id: 't1' }", Token);
        await journal.WriteAsync([new(Sample.Task("t1") with { Attempts = 3 }, false), new(Sample.Task("t2") with { Attempts = 3 }, false)], Token);
        (await mongo.Tasks(collection).Find(Everything).SingleAsync(Token))["attempts"].AsInt32.Should().Be(3);
    }

    private static StoredTask Ended(StoredTask task) => task with { DoneAt = Sample.Start, FadesAt = Sample.Start + TimeSpan.FromMinutes(task.DedupeId is null ? 0 : 5) };

    private static FluentAssertions.Equivalency.EquivalencyAssertionOptions<StoredTask> Exactly(
        FluentAssertions.Equivalency.EquivalencyAssertionOptions<StoredTask> options) => options.ComparingByMembers<StoredTask>().ComparingByValue<JsonPayload>();
}
