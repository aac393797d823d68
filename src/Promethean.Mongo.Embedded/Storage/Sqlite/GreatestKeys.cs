namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>
/// The greatest key that each index may hold. Most <c>_id</c>s grow, and one that is beyond all others need not be looked for before
/// it is added. A bound may be too high, after a deletion, and is never too low.
/// </summary>
internal sealed class GreatestKeys(SqliteHandle handle)
{
    private readonly Dictionary<long, byte[]> _greatest = [];

    /// <summary>Whether a key is greater than every key of the index.</summary>
    public bool IsBeyond(IndexDefinition index, byte[] key)
    {
        if (!_greatest.TryGetValue(index.Id, out var greatest)) _greatest[index.Id] = greatest = Read(index);
        return key.AsSpan().SequenceCompareTo(greatest) > 0;
    }

    public void Add(IndexDefinition index, byte[] key)
    {
        if (_greatest.TryGetValue(index.Id, out var greatest) && key.AsSpan().SequenceCompareTo(greatest) > 0) _greatest[index.Id] = key;
    }

    /// <summary>Forgets all bounds: a rollback may bring back a greater key, deleted before the bound was read.</summary>
    public void Clear() => _greatest.Clear();

    // No key is empty, so that every key is beyond those of an empty index.
    private byte[] Read(IndexDefinition index)
    {
        using var row = handle.Prepare(new("SELECT key FROM entries_# ORDER BY key DESC LIMIT 1", index.Id));
        return row.Step() ? row.Blob(0) : [];
    }
}
