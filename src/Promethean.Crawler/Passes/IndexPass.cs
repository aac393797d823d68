using System.Security.Cryptography;
using MongoDB.Bson;
using Promethean.DualSink;
using Promethean.Vectors;

namespace Promethean.Crawler;

/// <summary>The last pass: the summary's embedding into both stores, MongoDB first.</summary>
internal sealed class IndexPass(ModelClient models, IDualSink sink, CrawlerOptions options) : IPagePass
{
    public string Stage => PassStage.Index;

    public string? Next => null;

    public bool IsOptional => false;

    public async Task<BsonDocument> RunAsync(PassPage page, CancellationToken cancellationToken)
    {
        var vector = await ProjectAsync(page, cancellationToken).ConfigureAwait(false);
        var embedding = new BsonDocument { { "dim", options.EmbedDimension }, { "model", options.EmbedModel }, { "sha256", Hash(vector.Embedding.Span) } };
        await sink.WriteAsync(
            new DualSinkEntry { Key = page.Id, Update = new BsonDocument("$set", new BsonDocument("embedding", embedding)), Vector = vector },
            cancellationToken).ConfigureAwait(false);
        CrawlerDiagnostics.Indexings.Add(1);
        return [];
    }

    /// <summary>The record by which a page is found: its summary's vector and text, and what filters look at.</summary>
    public async Task<VectorRecord> ProjectAsync(PassPage page, CancellationToken cancellationToken) => new()
    {
        Id = page.Id,
        Embedding = await models.EmbedAsync(page.Summary!, cancellationToken).ConfigureAwait(false),
        Document = page.Summary,
        Metadata = new VectorMetadata(Metadata(page)),
    };

    private static IEnumerable<KeyValuePair<string, VectorValue>> Metadata(PassPage page)
    {
        yield return new("url", page.Url);
        yield return new("domain", page.Domain);
        yield return new("title", page.Title);
        yield return new("tags", VectorValue.From(page.Tags.Select(tag => tag.TrimStart('#'))));
        if (page.Lang is { } lang) yield return new("lang", lang);
    }

    private static string Hash(ReadOnlySpan<float> vector) => Convert.ToHexStringLower(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(vector)));
}
