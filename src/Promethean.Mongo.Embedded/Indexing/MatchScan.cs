using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>A <see cref="DocumentScan"/> with the filter applied; read in pieces in the same way.</summary>
internal sealed class MatchScan(DocumentScan scan, DocumentFilter? filter)
{
    /// <summary>The scan underneath.</summary>
    public DocumentScan Documents => scan;

    /// <summary>The matches that follow, read from a view that must outlive the enumeration.</summary>
    public IEnumerable<MatchedDocument> Continue(IReadView view, Interruption interruption)
    {
        foreach (var stored in scan.Continue(view))
        {
            interruption.Check();
            int? position = null;
            if (filter?.Matches(BsonBytes.Lazy(stored.Bytes), out position) == false) continue;
            yield return new MatchedDocument(stored, position);
        }
    }

    /// <summary>
    /// The matches that follow, read piece by piece with the view's scan closed in between, so that a write transaction may change
    /// each document as it comes.
    /// </summary>
    public IEnumerable<MatchedDocument> ContinueInPieces(IReadView view, Interruption interruption)
    {
        const int PieceSize = 128;
        while (true)
        {
            var piece = Continue(view, interruption).Take(PieceSize).ToList();
            foreach (var match in piece) yield return match;
            if (piece.Count < PieceSize) yield break;
        }
    }
}
