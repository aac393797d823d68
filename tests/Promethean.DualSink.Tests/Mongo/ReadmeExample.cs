using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Vectors;

namespace Promethean.DualSink.Tests;

/// <summary>The README's code, as it stands there.</summary>
internal static class ReadmeExample
{
    public static async Task RunAsync(IMongoCollection<BsonDocument> pages, IVectorCollection vectors, LexicalEmbeddingGenerator generator)
    {
        await using var sink = new DualSinkWriter(pages, vectors, new() { Name = "search" }, TimeProvider.System, NullLogger.Instance);
        await sink.WriteAsync(new()
        {
            Key = "page-1",
            Update = Builders<BsonDocument>.Update.Set("summary", "Checkpoints bound recovery time."),
            Vector = Embed("page-1", "Checkpoints bound recovery time."),
        });

        await vectors.DeleteAsync(["page-1"]); // what a crash or a restored backup might do
        var report = await sink.ReconcileAsync((page, _) => ValueTask.FromResult<VectorRecord?>(Embed(page["_id"].AsString, page["summary"].AsString)));
        Console.WriteLine(report);

        VectorRecord Embed(string id, string text) => new() { Id = id, Embedding = generator.Embed(text), Document = text };
    }
}
