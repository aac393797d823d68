using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Vectors;

namespace Promethean.DualSink.Tests;

/// <summary>The two stores that outlive a simulated process, and what the tests write to them.</summary>
internal sealed class Stores(ISinkLedger ledger, EmbeddedVectorStore store, IVectorCollection vectors) : IAsyncDisposable
{
    private static readonly LexicalEmbeddingGenerator Generator = new(32);

    public ISinkLedger Ledger => ledger;

    public IVectorCollection Vectors => vectors;

    public static async Task<Stores> OpenAsync(ISinkLedger ledger)
    {
        var store = await EmbeddedVectorStore.OpenAsync(new());
        return new Stores(ledger, store, await store.OpenCollectionAsync("pages", Generator.Spec));
    }

    public static VectorRecord Record(string key, string text, long version) => new()
    {
        Id = key,
        Embedding = Generator.Embed(text),
        Document = text,
        Metadata = new([new("version", version)]),
    };

    public static DualSinkEntry Entry(string key, string text, long version = 1) => new()
    {
        Key = key,
        Update = Builders<BsonDocument>.Update.Set("text", text).Set("version", version),
        Vector = Record(key, text, version),
    };

    public static ValueTask<VectorRecord?> ProjectAsync(BsonDocument document, CancellationToken cancellationToken) =>
        ValueTask.FromResult<VectorRecord?>(Record(document["_id"].AsString, document["text"].AsString, document["version"].ToInt64()));

    /// <summary>A sink as a new process would make it.</summary>
    public DualSinkWriter Sink(FaultPlan? plan = null, TimeProvider? time = null, int maxAttempts = 3, bool compareContent = true)
    {
        plan ??= new FaultPlan();
        var options = new DualSinkOptions
        {
            Name = "chroma",
            MaxAttempts = maxAttempts,
            RetryDelay = time is null ? TimeSpan.Zero : TimeSpan.FromSeconds(1),
            ReconcileBatch = 7,
            CompareContent = compareContent,
        };
        return new DualSinkWriter(new FaultyLedger(ledger, plan), new FaultyVectors(vectors, plan), options, time ?? TimeProvider.System, NullLogger.Instance);
    }

    public async Task<VectorRecord?> VectorAsync(string key) => (await vectors.GetAsync([key])).SingleOrDefault();

    public async Task<BsonDocument?> DocumentAsync(string key) => (await ledger.FindAsync(key, CancellationToken.None))?.Document;

    public async Task<SinkState?> StateAsync(string key) => (await ledger.FindAsync(key, CancellationToken.None))?.State;

    /// <summary>Compares the stores key by key, vector, text and metadata included.</summary>
    public async Task ShouldAgreeAsync()
    {
        var documents = new List<string>();
        await foreach (var page in ledger.AllAsync(100, CancellationToken.None))
        {
            foreach (var (key, state) in page)
            {
                documents.Add(key);
                var expected = await ProjectAsync((await DocumentAsync(key))!, CancellationToken.None);
                (await VectorAsync(key)).Should().Be(expected);
                state.Should().Be(new SinkState(RecordHash.Of(expected!, vectors.Spec), RecordHash.Of(expected!, vectors.Spec), false, false));
            }
        }

        var ids = new List<string>();
        await foreach (var id in vectors.ListIdsAsync()) ids.Add(id);
        ids.Should().BeEquivalentTo(documents);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
