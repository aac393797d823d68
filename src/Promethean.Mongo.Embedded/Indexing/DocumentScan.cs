using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>
/// Carries out a plan in pieces: each call of <see cref="Continue"/> reads on, in a view of its own, after the last document read.
/// No document comes twice, even if writers move it within the index meanwhile; one that is inserted behind the position is not seen.
/// </summary>
internal sealed class DocumentScan
{
    private readonly CollectionDefinition _collection;
    private readonly QueryPlan _plan;
    private readonly HashSet<long>? _seen;
    private int _alternative;
    private int _range;
    private IndexEntry? _lastEntry;
    private long? _lastRecord;

    public DocumentScan(CollectionDefinition collection, QueryPlan plan)
    {
        _collection = collection;
        _plan = plan;
        // Records and _ids do not move; in any other index an update may move a document ahead of the scan, and two alternatives
        // may find the same one.
        if (plan.Index is { IsId: false } || plan.Alternatives.Count > 0) _seen = [];
    }

    /// <summary>How many entries of the index were read.</summary>
    public long KeysExamined { get; private set; }

    /// <summary>How many documents were read.</summary>
    public long DocumentsExamined { get; private set; }

    /// <summary>The documents that follow, read from a view that must outlive the enumeration.</summary>
    /// <exception cref="MongoCommandFailedException">Code 175: the collection or the index has been dropped in the meantime.</exception>
    public IEnumerable<StoredDocument> Continue(IReadView view)
    {
        var current = view.Catalogue.Find(_collection.Name);
        if (current?.Id != _collection.Id) throw Killed("collection dropped");
        if (_plan.Alternatives.Count > 0) return ScanAlternatives(view, current);
        return _plan.Index is null ? ScanRecords(view) : ScanIndex(view, current, _plan);
    }

    private IEnumerable<StoredDocument> ScanRecords(IReadView view)
    {
        foreach (var stored in view.Scan(_collection, _lastRecord, _plan.Backward))
        {
            _lastRecord = stored.RecordId;
            DocumentsExamined++;
            yield return stored;
        }
    }

    private IEnumerable<StoredDocument> ScanAlternatives(IReadView view, CollectionDefinition current)
    {
        for (; _alternative < _plan.Alternatives.Count; _alternative++)
        {
            foreach (var stored in ScanIndex(view, current, _plan.Alternatives[_alternative])) yield return stored;
            _range = 0;
        }
    }

    private IEnumerable<StoredDocument> ScanIndex(IReadView view, CollectionDefinition current, QueryPlan plan)
    {
        var index = plan.Index!;
        for (; _range < plan.Ranges.Count; _range++)
        {
            var range = plan.Ranges[plan.Backward ? plan.Ranges.Count - 1 - _range : _range];
            foreach (var (entry, bytes) in view.ScanDocuments(_collection, index, range, _lastEntry, plan.Backward))
            {
                _lastEntry = entry;
                KeysExamined++;
                if (_seen?.Add(entry.RecordId) == false) continue;
                DocumentsExamined++;
                yield return new StoredDocument(entry.RecordId, bytes);
            }

            _lastEntry = null;
        }
    }

    private MongoCommandFailedException Killed(string reason) =>
        new(175, "QueryPlanKilled", $"{_collection.Name}: {reason} while a cursor was reading it");
}
