using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Cursors;

/// <summary>Documents that are all known when the cursor is opened.</summary>
internal sealed class ListSource(IReadOnlyList<byte[]> documents) : IDocumentSource
{
    private int _next;

    public bool IsExhausted => _next >= documents.Count;

    public IEnumerable<byte[]> Continue(IReadView view, Interruption interruption)
    {
        while (_next < documents.Count) yield return documents[_next++];
    }

    public void Dispose()
    {
    }
}
