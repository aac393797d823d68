using Promethean.Mongo.Embedded.Indexing;

namespace Promethean.Mongo.Embedded.Transactions;

/// <summary>
/// The records and unique keys that open transactions have written, each by one of them, until it ends. Safe for any number of threads.
/// </summary>
internal sealed class WriteIntents
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(long Collection, long Record), MultiDocumentTransaction> _records = [];
    private readonly Dictionary<long, Dictionary<byte[], MultiDocumentTransaction>> _keys = [];
    private int _count;

    /// <summary>Whether nobody has any.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Takes a record for a transaction; returns whether it is the first time.</summary>
    /// <exception cref="WriteConflictException">Another transaction has it.</exception>
    public bool TakeRecord(long collection, long record, MultiDocumentTransaction owner)
    {
        lock (_gate)
        {
            if (!_records.TryAdd((collection, record), owner))
                return _records[(collection, record)] == owner ? false : throw new WriteConflictException("another transaction has written the document");
            _count++;
            return true;
        }
    }

    /// <summary>Takes a unique key for a transaction.</summary>
    /// <exception cref="WriteConflictException">Another transaction has it.</exception>
    public void TakeKey(long index, byte[] key, MultiDocumentTransaction owner)
    {
        lock (_gate)
        {
            if (!_keys.TryGetValue(index, out var keys)) _keys[index] = keys = new Dictionary<byte[], MultiDocumentTransaction>(ByteEquality.Instance);
            if (keys.TryAdd(key, owner)) _count++;
            else if (keys[key] != owner) throw new WriteConflictException("another transaction has written the key");
        }
    }

    /// <exception cref="WriteBlockedException">A transaction other than <paramref name="writer"/> has the record.</exception>
    public void CheckRecord(long collection, long record, MultiDocumentTransaction? writer)
    {
        if (IsEmpty) return;
        lock (_gate)
        {
            if (_records.TryGetValue((collection, record), out var owner) && owner != writer) throw new WriteBlockedException(owner.Ended);
        }
    }

    /// <exception cref="WriteBlockedException">A transaction other than <paramref name="writer"/> has the key.</exception>
    public void CheckKey(long index, byte[] key, MultiDocumentTransaction? writer)
    {
        if (IsEmpty) return;
        lock (_gate)
        {
            if (_keys.TryGetValue(index, out var keys) && keys.TryGetValue(key, out var owner) && owner != writer) throw new WriteBlockedException(owner.Ended);
        }
    }

    /// <summary>Whether a collection may be dropped or renamed.</summary>
    /// <exception cref="WriteBlockedException">A transaction has written to it.</exception>
    public void CheckCollection(long collection, IEnumerable<long> indexes)
    {
        if (IsEmpty) return;
        lock (_gate)
        {
            var owner = _records.FirstOrDefault(taken => taken.Key.Collection == collection).Value
                ?? indexes.Select(index => _keys.GetValueOrDefault(index)?.Values.FirstOrDefault()).FirstOrDefault(found => found is not null);
            if (owner is not null) throw new WriteBlockedException(owner.Ended);
        }
    }

    /// <summary>Gives back everything a transaction has.</summary>
    public void Release(MultiDocumentTransaction owner)
    {
        lock (_gate)
        {
            foreach (var taken in _records.Where(taken => taken.Value == owner).Select(taken => taken.Key).ToList()) _records.Remove(taken);
            foreach (var (index, keys) in _keys.ToList())
            {
                foreach (var key in keys.Where(taken => taken.Value == owner).Select(taken => taken.Key).ToList()) keys.Remove(key);
                if (keys.Count == 0) _keys.Remove(index);
            }

            _count = _records.Count + _keys.Values.Sum(keys => keys.Count);
        }
    }
}
