using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>
/// The reading half of the file's layout, on one connection with an open transaction.
/// <code>
/// meta(name, value)                     catalogue = version of the catalogue, ids = last number given
/// collections(id, definition, count)    definition: BSON of CollectionDefinition
/// records_N(id, document)               one table per collection: dropping one is cheap, a scan reads only its pages
/// entries_N(key, record)                one table per index, ordered as its primary key
/// </code>
/// </summary>
internal static class SqliteTables
{
    public const string CatalogueVersion = "SELECT value FROM meta WHERE name = 'catalogue'";

    public static Catalogue ReadCatalogue(SqliteHandle handle)
    {
        var collections = new List<CollectionDefinition>();
        using var rows = handle.Prepare("SELECT definition FROM collections");
        while (rows.Step()) collections.Add(CollectionDefinition.FromBson(BsonBytes.Decode(rows.Blob(0))));
        return Catalogue.Of(collections, handle.Read(CatalogueVersion));
    }

    public static long Count(SqliteHandle handle, CollectionDefinition collection)
    {
        using var row = handle.Prepare("SELECT count FROM collections WHERE id = ?1").Bind(1, collection.Id);
        return row.Step() ? row.Integer(0) : 0;
    }

    public static byte[]? Find(SqliteHandle handle, CollectionDefinition collection, long recordId)
    {
        using var row = handle.Prepare(new("SELECT document FROM records_# WHERE id = ?1", collection.Id)).Bind(1, recordId);
        return row.Step() ? row.Blob(0) : null;
    }

    public static IEnumerable<StoredDocument> Scan(SqliteHandle handle, CollectionDefinition collection, long? after, bool backward)
    {
        using var rows = backward
            ? handle.Prepare(new("SELECT id, document FROM records_# WHERE id < ?1 ORDER BY id DESC", collection.Id)).Bind(1, after ?? long.MaxValue)
            : handle.Prepare(new("SELECT id, document FROM records_# WHERE id > ?1 ORDER BY id", collection.Id)).Bind(1, after ?? 0);
        while (rows.Step()) yield return new StoredDocument(rows.Integer(0), rows.Blob(1));
    }

    public static IEnumerable<IndexEntry> Scan(SqliteHandle handle, IndexDefinition index, KeyRange range, IndexEntry? after, bool backward)
    {
        using var rows = handle.Prepare(new(
            backward
                ? "SELECT key, record FROM entries_# WHERE (key, record) < (?1, ?2) AND key >= ?3 ORDER BY key DESC, record DESC"
                : "SELECT key, record FROM entries_# WHERE (key, record) > (?1, ?2) AND key < ?3 ORDER BY key, record",
            index.Id));
        BindRange(rows, range, after, backward);
        while (rows.Step()) yield return new IndexEntry(rows.Blob(0), rows.Integer(1));
    }

    public static IEnumerable<IndexedDocument> ScanDocuments(
        SqliteHandle handle, CollectionDefinition collection, IndexDefinition index, KeyRange range, IndexEntry? after, bool backward)
    {
        // CROSS JOIN is SQLite's way to say which table to begin with.
        using var rows = handle.Prepare(new(
            backward
                ? "SELECT key, record, document FROM entries_# CROSS JOIN records_## ON id = record WHERE (key, record) < (?1, ?2) AND key >= ?3 ORDER BY key DESC, record DESC"
                : "SELECT key, record, document FROM entries_# CROSS JOIN records_## ON id = record WHERE (key, record) > (?1, ?2) AND key < ?3 ORDER BY key, record",
            index.Id,
            collection.Id));
        BindRange(rows, range, after, backward);
        while (rows.Step()) yield return new IndexedDocument(new IndexEntry(rows.Blob(0), rows.Integer(1)), rows.Blob(2));
    }

    public static long? FindFirst(SqliteHandle handle, IndexDefinition index, byte[] key)
    {
        using var row = handle.Prepare(new("SELECT record FROM entries_# WHERE key = ?1 LIMIT 1", index.Id)).Bind(1, key);
        return row.Step() ? row.Integer(0) : null;
    }

    private static void BindRange(SqliteStatement rows, KeyRange range, IndexEntry? after, bool backward)
    {
        // Record numbers begin at 1: (key, 0) is before every entry with that key.
        var start = after ?? new IndexEntry(backward ? range.High : range.Low, 0);
        rows.Bind(1, start.Key).Bind(2, start.RecordId).Bind(3, backward ? range.Low : range.High);
    }
}
