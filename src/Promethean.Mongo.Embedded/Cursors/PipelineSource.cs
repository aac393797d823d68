using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Cursors;

/// <summary>The results of a pipeline, computed as batches ask for them.</summary>
internal sealed class PipelineSource(InputFeed input, IEnumerable<BsonDocument> results) : IDocumentSource
{
    private IEnumerator<BsonDocument>? _results;

    public IEnumerable<byte[]> Continue(IReadView view, Interruption interruption)
    {
        input.Use(view, interruption);
        _results ??= results.GetEnumerator();
        while (_results.MoveNext()) yield return BsonBytes.EncodeResult(_results.Current);
    }

    public void Dispose() => _results?.Dispose();
}
