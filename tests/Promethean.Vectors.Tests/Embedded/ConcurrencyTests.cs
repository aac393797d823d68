namespace Promethean.Vectors.Tests;

public sealed class ConcurrencyTests
{
    private const int Writers = 4;
    private const int Keys = 20;

    [Fact]
    public async Task Queries_see_each_batch_whole_and_never_an_older_one_after_it_was_acknowledged()
    {
        const int seed = 20261123;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var token = TestContext.Current.CancellationToken;
        await using var store = await EmbeddedVectorStore.OpenAsync(new() { MaxQueryThreads = 2 }, cancellationToken: token);
        var collection = await store.OpenCollectionAsync("all", new("any", 16), token);
        var acknowledged = new int[Writers];
        using var done = CancellationTokenSource.CreateLinkedTokenSource(token);

        var writers = Enumerable.Range(0, Writers).Select(w => Task.Run(() => WriteAsync(w, new Random(seed + w)), token)).ToArray();
        var readers = Enumerable.Range(0, 2).Select(r => Task.Run(() => ReadAsync(new Random(seed - 1 - r)), token)).ToArray();
        await Task.WhenAll(writers).WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, token);
        await done.CancelAsync();
        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, token);

        (await collection.CountAsync(cancellationToken: token)).Should().Be(Writers * Keys);

        // A writer rewrites all its keys in one batch, sometimes removing them in one batch first; each batch has a version.
        async Task WriteAsync(int writer, Random random)
        {
            for (var version = 1; version <= 150; version++)
            {
                if (random.Next(4) == 0) await collection.DeleteAsync([.. Enumerable.Range(0, Keys).Select(k => $"{writer}-{k}")], token);
                await collection.UpsertAsync([.. Enumerable.Range(0, Keys).Select(k => Record(writer, k, version, random))], token);
                Volatile.Write(ref acknowledged[writer], version);
            }
        }

        async Task ReadAsync(Random random)
        {
            while (!done.IsCancellationRequested)
            {
                var writer = random.Next(Writers);
                var least = Volatile.Read(ref acknowledged[writer]);
                var hits = await collection.QueryAsync(new() { Embedding = Vector(random), Limit = 1000, Filter = VectorFilter.Equal("writer", writer) }, token);
                hits.Count.Should().BeOneOf(0, Keys);
                var versions = hits.Select(h => h.Record.Metadata["version"].AsWholeNumber()).Distinct().ToArray();
                versions.Length.Should().BeLessThan(2);
                if (versions is [var version]) version.Should().BeGreaterThanOrEqualTo(least);
            }
        }
    }

    private static VectorRecord Record(int writer, int key, int version, Random random) =>
        new() { Id = $"{writer}-{key}", Embedding = Vector(random), Metadata = new([new("writer", writer), new("version", version)]) };

    private static float[] Vector(Random random) => [.. Enumerable.Range(0, 16).Select(_ => random.NextSingle() - 0.5f)];
}
