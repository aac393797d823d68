using System.Globalization;
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

    public static string Records(CollectionDefinition collection) => Name("records_", collection.Id);

    public static string Entries(IndexDefinition index) => Name("entries_", index.Id);

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
        using var row = handle.Prepare($"SELECT document FROM {Records(collection)} WHERE id = ?1").Bind(1, recordId);
        return row.Step() ? row.Blob(0) : null;
    }

    public static IEnumerable<StoredDocument> Scan(SqliteHandle handle, CollectionDefinition collection, long? after, bool backward)
    {
        using var rows = backward
            ? handle.Prepare($"SELECT id, document FROM {Records(collection)} WHERE id < ?1 ORDER BY id DESC").Bind(1, after ?? long.MaxValue)
            : handle.Prepare($"SELECT id, document FROM {Records(collection)} WHERE id > ?1 ORDER BY id").Bind(1, after ?? 0);
        while (rows.Step()) yield return new StoredDocument(rows.Integer(0), rows.Blob(1));
    }

    public static IEnumerable<IndexEntry> Scan(SqliteHandle handle, IndexDefinition index, KeyRange range, IndexEntry? after, bool backward)
    {
        // Record numbers begin at 1: (key, 0) is before every entry with that key.
        var start = after ?? new IndexEntry(backward ? range.High : range.Low, 0);
        using var rows = handle.Prepare(backward
            ? $"SELECT key, record FROM {Entries(index)} WHERE (key, record) < (?1, ?2) AND key >= ?3 ORDER BY key DESC, record DESC"
            : $"SELECT key, record FROM {Entries(index)} WHERE (key, record) > (?1, ?2) AND key < ?3 ORDER BY key, record");
        rows.Bind(1, start.Key).Bind(2, start.RecordId).Bind(3, backward ? range.Low : range.High);
        while (rows.Step()) yield return new IndexEntry(rows.Blob(0), rows.Integer(1));
    }

    private static string Name(string kind, long id) => kind + id.ToString(CultureInfo.InvariantCulture);
}
