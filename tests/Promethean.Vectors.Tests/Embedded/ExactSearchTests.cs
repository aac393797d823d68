using CsCheck;

namespace Promethean.Vectors.Tests;

public sealed class ExactSearchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_best_are_those_of_a_plain_computation_in_double()
    {
        var cases =
            from dimension in Gen.Int[1, 70]
            from scale in Gen.Int[0, 3].Select(i => new[] { 1f, 1e-20f, 1e18f, 1e-38f }[i])
            from vectors in Gen.Float[-1, 1].Array[dimension].Array[1, 120]
            from query in Gen.Float[-1, 1].Array[dimension]
            from limit in Gen.Int[1, 20]
            select (scale, vectors, query, limit);

        await cases.SampleAsync(
            async c =>
            {
                await using var store = await EmbeddedVectorStore.OpenAsync(new(), cancellationToken: Token);
                var collection = await store.OpenCollectionAsync("all", new("any", c.query.Length), Token);
                VectorRecord[] records = [.. c.vectors.Select((v, i) => new VectorRecord { Id = $"{i:D3}", Embedding = v.Select(n => n * c.scale).ToArray() })];
                await collection.UpsertAsync(records, Token);

                var hits = await collection.QueryAsync(new() { Embedding = c.query, Limit = c.limit }, Token);

                var exact = records.ToDictionary(r => r.Id, r => Cosine(r.Embedding.Span, c.query));
                var best = exact.Values.OrderDescending().Take(c.limit).ToArray();
                hits.Should().HaveCount(best.Length);
                for (var i = 0; i < hits.Count; i++)
                {
                    Math.Abs(hits[i].Score - exact[hits[i].Record.Id]).Should().BeLessThan(1e-5);
                    Math.Abs(hits[i].Score - best[i]).Should().BeLessThan(1e-5);
                }
            },
            iter: 300);
    }

    [Fact]
    public async Task Several_threads_find_what_one_finds()
    {
        var random = new Random(4711);
        var vectors = Enumerable.Range(0, 40_000).Select(_ => Vector(random, 64)).ToArray();
        await using var one = await FilledAsync(1, vectors);
        await using var many = await FilledAsync(4, vectors);
        var byOne = await one.OpenCollectionAsync("all", new("any", 64), Token);
        var byMany = await many.OpenCollectionAsync("all", new("any", 64), Token);

        for (var i = 0; i < 5; i++)
        {
            var query = new VectorQuery { Embedding = Vector(random, 64), Limit = 25, Filter = i < 2 ? null : VectorFilter.Equal("third", i % 3) };
            var hits = await byMany.QueryAsync(query, Token);
            hits.Select(h => (h.Record.Id, h.Score)).Should().Equal((await byOne.QueryAsync(query, Token)).Select(h => (h.Record.Id, h.Score)));
        }
    }

    [Fact]
    public async Task Rows_stay_findable_while_others_come_and_go()
    {
        var random = new Random(99);
        var model = new Dictionary<string, VectorRecord>();
        await using var store = await EmbeddedVectorStore.OpenAsync(new(), cancellationToken: Token);
        var collection = await store.OpenCollectionAsync("all", new("any", 8192), Token);

        for (var step = 0; step < 600; step++)
        {
            var id = $"{random.Next(80)}";
            if (random.Next(3) == 0)
            {
                (await collection.DeleteAsync([id], Token)).Should().Be(model.Remove(id) ? 1 : 0);
            }
            else
            {
                model[id] = new() { Id = id, Embedding = Vector(random, 8192), Document = $"{step}" };
                await collection.UpsertAsync([model[id]], Token);
            }
        }

        foreach (var record in model.Values)
        {
            var hits = await collection.QueryAsync(new() { Embedding = record.Embedding, Limit = 1 }, Token);
            hits[0].Record.Should().Be(record);
        }

        (await collection.CountAsync(cancellationToken: Token)).Should().Be(model.Count);
    }

    private static async Task<EmbeddedVectorStore> FilledAsync(int threads, float[][] vectors)
    {
        var store = await EmbeddedVectorStore.OpenAsync(new() { MaxQueryThreads = threads }, cancellationToken: Token);
        var collection = await store.OpenCollectionAsync("all", new("any", vectors[0].Length), Token);
        await collection.UpsertAsync([.. vectors.Select((v, i) => new VectorRecord { Id = $"{i}", Embedding = v, Metadata = new([new("third", i % 3)]) })], Token);
        return store;
    }

    private static float[] Vector(Random random, int dimension) => [.. Enumerable.Range(0, dimension).Select(_ => (random.NextSingle() * 2) - 1)];

    private static double Cosine(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double dot = 0, l = 0, r = 0;
        for (var i = 0; i < left.Length; i++)
        {
            dot += (double)left[i] * right[i];
            l += (double)left[i] * left[i];
            r += (double)right[i] * right[i];
        }

        return l == 0 || r == 0 ? 0 : dot / Math.Sqrt(l) / Math.Sqrt(r);
    }
}
