namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>A read transaction on a connection of its own, given back on disposal.</summary>
internal sealed class SqliteView(SqliteHandle handle, Catalogue catalogue, Action<SqliteHandle> giveBack) : IReadView
{
    public Catalogue Catalogue => catalogue;

    public long Count(CollectionDefinition collection) => SqliteTables.Count(handle, collection);

    public byte[]? Find(CollectionDefinition collection, long recordId) => SqliteTables.Find(handle, collection, recordId);

    public IEnumerable<StoredDocument> Scan(CollectionDefinition collection, long? after, bool backward) =>
        SqliteTables.Scan(handle, collection, after, backward);

    public IEnumerable<IndexEntry> Scan(IndexDefinition index, KeyRange range, IndexEntry? after, bool backward) =>
        SqliteTables.Scan(handle, index, range, after, backward);

    public long? FindFirst(IndexDefinition index, byte[] key) => SqliteTables.FindFirst(handle, index, key);

    public IEnumerable<IndexedDocument> ScanDocuments(
        CollectionDefinition collection, IndexDefinition index, KeyRange range, IndexEntry? after, bool backward) =>
        SqliteTables.ScanDocuments(handle, collection, index, range, after, backward);

    public void Dispose() => giveBack(handle);
}
