using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Vectors;

namespace Promethean.DualSink.Tests;

[Trait("Category", "Integration")]
public sealed class MongoSinkTests(MongoFixture mongo) : IClassFixture<MongoFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_keeps_the_other_fields_and_the_state_of_other_sinks()
    {
        var pages = mongo.Collection();
        await pages.InsertOneAsync(new BsonDocument { ["_id"] = "a", ["url"] = "http://a.example/", ["sink"] = new BsonDocument("other", new BsonDocument("want", "x")) }, cancellationToken: Token);
        await using var stores = await Stores.OpenAsync(new MongoSinkLedger(pages, "chroma"));
        await using var sink = stores.Sink();

        await sink.WriteAsync(Stores.Entry("a", "one"), Token);

        var document = await pages.Find(Builders<BsonDocument>.Filter.Eq("_id", "a")).SingleAsync(Token);
        var hash = RecordHash.Of(Stores.Record("a", "one", 1), stores.Vectors.Spec);
        document.Should().BeEquivalentTo(new BsonDocument
        {
            ["_id"] = "a",
            ["url"] = "http://a.example/",
            ["sink"] = new BsonDocument { ["other"] = new BsonDocument("want", "x"), ["chroma"] = new BsonDocument { ["want"] = hash, ["have"] = hash } },
            ["text"] = "one",
            ["version"] = 1L,
        });
    }

    [Fact]
    public async Task Documents_that_do_not_belong_to_the_sink_are_left_alone()
    {
        var pages = mongo.Collection();
        await pages.InsertOneAsync(new BsonDocument { ["_id"] = "not summarised yet" }, cancellationToken: Token);
        await pages.InsertOneAsync(new BsonDocument { ["_id"] = 7 }, cancellationToken: Token);
        await using var stores = await Stores.OpenAsync(new MongoSinkLedger(pages, "chroma"));
        await using var sink = stores.Sink();

        (await sink.ReconcileAsync(Stores.ProjectAsync, Token)).Should().Be(new DualSinkReport(0, 0, 0, 0));

        (await pages.CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty, cancellationToken: Token)).Should().Be(2);
    }

    [Fact]
    public async Task Unfinished_documents_are_found_by_a_sparse_index()
    {
        var pages = mongo.Collection();
        await using var stores = await Stores.OpenAsync(new MongoSinkLedger(pages, "chroma"));
        await using var sink = stores.Sink();

        await sink.ReconcileAsync(Stores.ProjectAsync, Token);
        await sink.ReconcileAsync(Stores.ProjectAsync, Token);

        var indexes = await (await pages.Indexes.ListAsync(Token)).ToListAsync(Token);
        indexes.Should().ContainSingle(index => index["name"] == "sink_chroma_pending" && index["sparse"].ToBoolean() && index["key"] == new BsonDocument("sink.chroma.pending", 1));
    }

    [Fact]
    public async Task A_failed_write_notes_error_and_tries_and_the_next_write_clears_them()
    {
        var pages = mongo.Collection();
        await using var stores = await Stores.OpenAsync(new MongoSinkLedger(pages, "chroma"));
        var broken = true;
        await using var sink = stores.Sink(new FaultPlan { Fail = (_, call) => { if (broken && call == "vectors.upsert") throw new IOException(new string('x', 2000)); } });

        await FluentActions.Awaiting(async () => await sink.WriteAsync(Stores.Entry("a", "one"), Token)).Should().ThrowAsync<DualSinkException>();
        var state = (await stores.DocumentAsync("a"))!["sink"]["chroma"].AsBsonDocument;
        (state["error"].AsString.Length, state["tries"].ToInt32(), state["pending"].ToBoolean()).Should().Be((500, 3, true));

        broken = false;
        await sink.WriteAsync(Stores.Entry("a", "two", 2), Token);
        await stores.ShouldAgreeAsync();
    }

    [Fact]
    public async Task An_update_that_touches_the_sinks_field_is_refused_by_the_server()
    {
        await using var stores = await Stores.OpenAsync(new MongoSinkLedger(mongo.Collection(), "chroma"));
        await using var sink = stores.Sink();

        var write = async () => await sink.WriteAsync(Stores.Entry("a", "one") with { Update = Builders<BsonDocument>.Update.Set("sink", 1) }, Token);

        (await write.Should().ThrowAsync<DualSinkException>()).Which.Stage.Should().Be(DualSinkStage.Document);
        (await stores.VectorAsync("a")).Should().BeNull();
    }

    [Fact]
    public async Task The_readme_example_prints_what_the_readme_says()
    {
        var pages = mongo.Collection();
        var generator = new LexicalEmbeddingGenerator();
        await using var store = await EmbeddedVectorStore.OpenAsync(new(), cancellationToken: Token);
        var vectors = await store.OpenCollectionAsync("pages", generator.Spec, Token);
        var original = Console.Out;
        await using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            await ReadmeExample.RunAsync(pages, vectors, generator);
        }
        finally
        {
            Console.SetOut(original);
        }

        output.ToString().Trim().Should().Be("DualSinkReport { Checked = 1, Repaired = 1, Deleted = 0, Failed = 0 }");
    }
}
