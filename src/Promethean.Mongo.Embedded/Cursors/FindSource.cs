using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Cursors;

/// <summary>
/// The results of a find. Where the plan gives the order, documents are read as batches ask for them; else all matches are sorted
/// for the first batch and kept, only the first <c>skip + limit</c> of them if a limit is set.
/// </summary>
internal sealed class FindSource : IDocumentSource
{
    private readonly MatchScan _scan;
    private readonly SortOrder? _sort;
    private readonly Projection? _projection;
    private long _skip;
    private long _left;
    private List<MatchedDocument>? _sorted;
    private int _nextSorted;

    public FindSource(CollectionDefinition collection, DocumentQuery query, QueryPlan plan, Projection? projection, long skip, long? limit)
    {
        _scan = query.Scan(collection, plan);
        _sort = plan.IsSorted ? null : query.Sort;
        _projection = projection;
        _skip = skip;
        _left = limit ?? long.MaxValue;
    }

    public bool IsExhausted => _left <= 0;

    public IEnumerable<byte[]> Continue(IReadView view, Interruption interruption)
    {
        if (_left <= 0) yield break;
        foreach (var match in _sort is null ? _scan.Continue(view, interruption) : Sorted(view, interruption))
        {
            if (_skip > 0)
            {
                _skip--;
                continue;
            }

            _left--;
            yield return _projection is null ? match.Stored.Bytes : Project(match);
            if (_left <= 0) yield break;
        }
    }

    public void Dispose() => _sorted = null;

    private byte[] Project(MatchedDocument match) =>
        BsonBytes.Encode(_projection!.Apply(BsonBytes.Decode(match.Stored.Bytes), match.Position));

    private IEnumerable<MatchedDocument> Sorted(IReadView view, Interruption interruption)
    {
        _sorted ??= MatchSorter.Sort(_scan.Continue(view, interruption), _sort!, _skip > long.MaxValue - _left ? long.MaxValue : _skip + _left);
        while (_nextSorted < _sorted.Count)
        {
            var next = _sorted[_nextSorted];
            _sorted[_nextSorted++] = default;
            yield return next;
        }
    }
}
