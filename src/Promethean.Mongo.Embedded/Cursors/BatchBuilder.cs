using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Cursors;

/// <summary>Collects one batch up to a number of documents and MongoDB's cap of 16 MiB; the first document always fits.</summary>
internal sealed class BatchBuilder(int maxDocuments)
{
    // The array index and type byte before each document.
    private const int OverheadBytes = 10;

    private readonly List<byte[]> _documents = [];
    private long _bytes;

    public IReadOnlyList<byte[]> Documents => _documents;

    public bool IsFull => _documents.Count >= maxDocuments;

    /// <summary>Adds a document, or returns false if it must wait for the next batch.</summary>
    public bool TryAdd(byte[] document)
    {
        var bytes = _bytes + document.Length + OverheadBytes;
        if (IsFull || (_documents.Count > 0 && bytes > BsonLimits.MaxDocumentBytes)) return false;
        _documents.Add(document);
        _bytes = bytes;
        return true;
    }
}
