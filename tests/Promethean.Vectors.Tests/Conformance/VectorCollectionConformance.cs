namespace Promethean.Vectors.Tests;

/// <summary>What every vector collection does. Derive a class per implementation.</summary>
public abstract class VectorCollectionConformance : IAsyncLifetime
{
    private IVectorCollection? _collection;

    protected static EmbeddingSpec Spec { get; } = new("conformance-3", 3);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private IVectorCollection Collection => _collection!;

    public async ValueTask InitializeAsync() => _collection = await OpenEmptyAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await Collection.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Get_returns_what_was_put_number_by_number()
    {
        var record = new VectorRecord
        {
            Id = "Ünïcode / 東京 🚀",
            Embedding = new[] { 0.1f, -3.4028235e38f, 1.4e-45f },
            Document = "line one\nline two \"quoted\" 🚀",
            Metadata = new([new("title", "Häuser"), new("depth", 9007199254740993L), new("rank", 0.1), new("whole", 1.0), new("seen", true), new("tags", new[] { "#a", "#b" }), new("sizes", VectorValue.From([1L, 2L]))]),
        };
        await Collection.UpsertAsync([record], Token);

        var read = await Collection.GetAsync([record.Id], Token);

        read.Should().ContainSingle();
        read[0].Equals(record).Should().BeTrue("'{0}' was put and '{1}' came back", record.Metadata, read[0].Metadata);
    }

    [Fact]
    public async Task Add_leaves_a_record_that_is_there_alone()
    {
        await Collection.AddAsync([Record("a", 1, 0, 0, "old")], Token);

        await Collection.AddAsync([Record("a", 0, 1, 0, "new"), Record("b", 0, 0, 1, "added")], Token);

        var read = await Collection.GetAsync(["a", "b"], Token);
        read.Select(r => r.Document).Should().Equal("old", "added");
    }

    [Fact]
    public async Task Upsert_replaces_vector_text_and_all_metadata()
    {
        var before = Record("a", 1, 0, 0, "old") with { Metadata = new([new("kept?", "no"), new("lang", "de")]) };
        var after = Record("a", 0, 1, 0, null) with { Metadata = new([new("lang", "en")]) };
        await Collection.UpsertAsync([before], Token);

        await Collection.UpsertAsync([after], Token);

        (await Collection.GetAsync(["a"], Token)).Should().Equal(after);
        (await Collection.CountAsync(cancellationToken: Token)).Should().Be(1);
    }

    [Fact]
    public async Task Delete_counts_the_records_that_were_there()
    {
        await Collection.UpsertAsync([Record("a", 1, 0, 0), Record("b", 1, 0, 0)], Token);

        (await Collection.DeleteAsync(["a", "nobody", "a"], Token)).Should().Be(1);
        (await Collection.DeleteAsync(["a"], Token)).Should().Be(0);

        (await Collection.CountAsync(cancellationToken: Token)).Should().Be(1);
        (await Collection.GetAsync(["a"], Token)).Should().BeEmpty();
    }

    [Fact]
    public async Task Get_keeps_the_order_asked_and_leaves_out_what_is_missing()
    {
        await Collection.UpsertAsync([Record("a", 1, 0, 0), Record("b", 1, 0, 0), Record("c", 1, 0, 0)], Token);

        var read = await Collection.GetAsync(["c", "nobody", "a", "c"], Token);

        read.Select(r => r.Id).Should().Equal("c", "a", "c");
    }

    [Fact]
    public async Task Query_answers_the_most_similar_first_with_the_cosine()
    {
        await Collection.UpsertAsync([Record("opposite", -2, 0, 0), Record("same", 5, 0, 0), Record("half", 1, 1, 0), Record("apart", 0, 0, 3)], Token);

        var hits = await Collection.QueryAsync(Query(3, 0, 0), Token);

        hits.Select(h => h.Record.Id).Should().Equal("same", "half", "apart", "opposite");
        hits.Select(h => h.Score).Zip([1f, MathF.Sqrt(0.5f), 0f, -1f]).Should().OnlyContain(pair => MathF.Abs(pair.First - pair.Second) < 1e-6f);
    }

    [Fact]
    public async Task Query_limits_its_answer_and_ranks_equal_scores_by_id()
    {
        await Collection.UpsertAsync([.. "dbeca".Select(id => Record(id.ToString(), 1, 1, 1))], Token);

        var hits = await Collection.QueryAsync(Query(1, 1, 1) with { Limit = 3 }, Token);

        hits.Select(h => h.Record.Id).Should().Equal("a", "b", "c");
    }

    [Fact]
    public async Task A_vector_of_zeros_scores_zero()
    {
        await Collection.UpsertAsync([Record("zero", 0, 0, 0), Record("against", -1, 0, 0)], Token);

        (await Collection.QueryAsync(Query(1, 0, 0), Token)).Select(h => (h.Record.Id, h.Score)).Should().Equal(("zero", 0f), ("against", -1f));
        (await Collection.QueryAsync(Query(0, 0, 0), Token)).Should().OnlyContain(h => h.Score == 0);
    }

    [Fact]
    public async Task Filters_choose_by_metadata()
    {
        await Collection.UpsertAsync(
            [
                Record("en", 1, 0, 0) with { Metadata = new([new("lang", "en"), new("depth", 1L), new("tags", new[] { "#x", "#y" })]) },
                Record("de", 1, 0, 0) with { Metadata = new([new("lang", "de"), new("depth", 2L), new("tags", new[] { "#y" })]) },
                Record("none", 1, 0, 0),
            ],
            Token);

        (await Found(VectorFilter.Equal("lang", "en"))).Should().Equal("en");
        (await Found(VectorFilter.Equal("depth", 2))).Should().Equal("de");
        (await Found(VectorFilter.In("lang", "en", "de"))).Should().Equal("de", "en");
        (await Found(VectorFilter.Contains("tags", "#y"))).Should().Equal("de", "en");
        (await Found(VectorFilter.Contains("tags", "#x"))).Should().Equal("en");
        (await Found(VectorFilter.Contains("lang", "en"))).Should().BeEmpty();
        (await Found(VectorFilter.Not(VectorFilter.Equal("lang", "en")))).Should().Equal("de", "none");
        (await Found(VectorFilter.And(VectorFilter.Contains("tags", "#y"), VectorFilter.Equal("depth", 1)))).Should().Equal("en");
        (await Found(VectorFilter.Or(VectorFilter.Equal("depth", 1), VectorFilter.Equal("lang", "de")))).Should().Equal("de", "en");
        (await Collection.CountAsync(VectorFilter.Contains("tags", "#y"), Token)).Should().Be(2);

        async Task<IEnumerable<string>> Found(VectorFilter filter) =>
            (await Collection.QueryAsync(Query(1, 0, 0) with { Filter = filter }, Token)).Select(h => h.Record.Id);
    }

    [Fact]
    public async Task ListIds_lists_every_id_once()
    {
        var ids = Enumerable.Range(0, 500).Select(i => $"id-{i}").ToArray();
        await Collection.UpsertAsync([.. ids.Select(id => Record(id, 1, 0, 0))], Token);
        await Collection.DeleteAsync(["id-7", "id-499"], Token);

        var listed = new List<string>();
        await foreach (var id in Collection.ListIdsAsync(Token)) listed.Add(id);

        listed.Should().OnlyHaveUniqueItems().And.BeEquivalentTo(ids.Except(["id-7", "id-499"]));
    }

    [Fact]
    public async Task An_empty_batch_does_nothing()
    {
        await Collection.AddAsync([], Token);
        await Collection.UpsertAsync([], Token);

        (await Collection.DeleteAsync([], Token)).Should().Be(0);
        (await Collection.GetAsync([], Token)).Should().BeEmpty();
        (await Collection.QueryAsync(Query(1, 0, 0), Token)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_batch_with_a_bad_record_is_refused_whole()
    {
        var good = Record("good", 1, 0, 0);
        foreach (var bad in new[]
        {
            good with { Id = "" },
            good with { Id = "half \ud83d pair" },
            good with { Id = "short", Embedding = new float[] { 1, 2 } },
            Record("nan", 1, float.NaN, 0),
            Record("infinite", 1, 0, float.NegativeInfinity),
            good,
        })
        {
            foreach (var write in new Func<IReadOnlyList<VectorRecord>, CancellationToken, ValueTask>[] { Collection.AddAsync, Collection.UpsertAsync })
            {
                var refused = async () => await write([good, bad], Token);
                (await refused.Should().ThrowAsync<VectorStoreException>()).Which.Error.Should().Be(VectorStoreError.InvalidRecord);
            }
        }

        (await Collection.CountAsync(cancellationToken: Token)).Should().Be(0);
    }

    [Fact]
    public async Task A_bad_query_is_refused()
    {
        foreach (var bad in new[] { Query(1, 0, 0) with { Limit = 0 }, new VectorQuery { Embedding = new float[] { 1 } }, Query(1, float.NaN, 0) })
        {
            var refused = async () => await Collection.QueryAsync(bad, Token);
            (await refused.Should().ThrowAsync<VectorStoreException>()).Which.Error.Should().Be(VectorStoreError.InvalidQuery);
        }
    }

    [Fact]
    public async Task A_disposed_handle_refuses_everything()
    {
        await Collection.DisposeAsync();

        foreach (var call in new Func<Task>[]
        {
            async () => await Collection.AddAsync([], Token),
            async () => await Collection.UpsertAsync([], Token),
            async () => await Collection.DeleteAsync([], Token),
            async () => await Collection.GetAsync([], Token),
            async () => await Collection.QueryAsync(Query(1, 0, 0), Token),
            async () => await Collection.CountAsync(null, Token),
            async () => await Collection.ListIdsAsync(Token).GetAsyncEnumerator(Token).MoveNextAsync(),
        })
        {
            await call.Should().ThrowAsync<ObjectDisposedException>();
        }
    }

    protected abstract ValueTask<IVectorCollection> OpenEmptyAsync();

    private static VectorRecord Record(string id, float x, float y, float z, string? document = null) =>
        new() { Id = id, Embedding = new[] { x, y, z }, Document = document };

    private static VectorQuery Query(float x, float y, float z) => new() { Embedding = new[] { x, y, z } };
}
