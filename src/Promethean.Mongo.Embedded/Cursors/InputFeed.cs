using System.Collections;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Cursors;

/// <summary>
/// The input of a pipeline: pulled whenever the pipeline wants, read from whichever view is set at that time. It reads in pieces, with
/// no scan left open between two of them, so the view may change from one batch to the next. A document is decoded field by field as
/// the pipeline asks, so one that only passes through, or is only counted, is never decoded.
/// </summary>
internal sealed class InputFeed(MatchScan scan) : IEnumerable<BsonDocument>
{
    private const int FirstPiece = 16;
    private const int LargestPiece = 256;

    private IReadView? _view;
    private Interruption? _interruption;

    /// <summary>What to read from until the next call.</summary>
    public void Use(IReadView view, Interruption interruption) => (_view, _interruption) = (view, interruption);

    public IEnumerator<BsonDocument> GetEnumerator()
    {
        for (var size = FirstPiece; ; size = Math.Min(size * 2, LargestPiece))
        {
            var piece = scan.Continue(_view!, _interruption!).Take(size).ToList();
            foreach (var match in piece) yield return BsonBytes.Lazy(match.Stored.Bytes);
            if (piece.Count < size) yield break;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
