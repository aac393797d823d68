namespace Promethean.Mongo.Embedded.Storage;

/// <summary>One entry of an index: a key (see <see cref="Bson.KeyString"/>) and the record that has it. Ordered by key, then record.</summary>
internal readonly record struct IndexEntry(byte[] Key, long RecordId) : IComparable<IndexEntry>
{
    public int CompareTo(IndexEntry other)
    {
        var order = Key.AsSpan().SequenceCompareTo(other.Key);
        return order != 0 ? order : RecordId.CompareTo(other.RecordId);
    }
}
