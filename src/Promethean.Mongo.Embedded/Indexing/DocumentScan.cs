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
    private int _range;
    private IndexEntry? _lastEntry;
    private long? _lastRecord;

    public DocumentScan(CollectionDefinition collection, QueryPlan plan)
    {
        _collection = collection;
        _plan = plan;
        // Records and _ids do not move; in any other index an update may move a document ahead of the scan.
        if (plan.Index is { IsId: false }) _seen = [];
    }

    /// <summary>The documents that follow, read from a view that must outlive the enumeration.</summary>
    /// <exception cref="MongoCommandFailedException">Code 175: the collection or the index has been dropped in the meantime.</exception>
    public IEnumerable<StoredDocument> Continue(IReadView view)
    {
        var current = view.Catalogue.Find(_collection.Name);
        if (current?.Id != _collection.Id) throw Killed("collection dropped");
        return _plan.Index is null ? ScanRecords(view) : ScanIndex(view, current, _plan.Index);
    }

    private IEnumerable<StoredDocument> ScanRecords(IReadView view)
    {
        foreach (var stored in view.Scan(_collection, _lastRecord, _plan.Backward))
        {
            _lastRecord = stored.RecordId;
            yield return stored;
        }
    }

    private IEnumerable<StoredDocument> ScanIndex(IReadView view, CollectionDefinition current, IndexDefinition index)
    {
        if (current.Indexes.All(known => known.Id != index.Id)) throw Killed($"index '{index.Name}' dropped");
        for (; _range < _plan.Ranges.Count; _range++)
        {
            var range = _plan.Ranges[_plan.Backward ? _plan.Ranges.Count - 1 - _range : _range];
            foreach (var (entry, bytes) in view.ScanDocuments(_collection, index, range, _lastEntry, _plan.Backward))
            {
                _lastEntry = entry;
                if (_seen?.Add(entry.RecordId) != false) yield return new StoredDocument(entry.RecordId, bytes);
            }

            _lastEntry = null;
        }
    }

    private MongoCommandFailedException Killed(string reason) =>
        new(175, "QueryPlanKilled", $"{_collection.Name}: {reason} while a cursor was reading it");
}
