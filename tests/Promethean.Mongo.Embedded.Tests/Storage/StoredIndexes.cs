using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Storage.Sqlite;

namespace Promethean.Mongo.Embedded.Tests.Storage;

/// <summary>Compares every index of a collection in a data directory with one built anew from its documents.</summary>
internal static class StoredIndexes
{
    public static async Task CheckAsync(string directory, string database, string name)
    {
        await using var engine = SqliteEngine.Open(directory, checkIntegrity: true);
        using var view = engine.OpenView();
        var collection = view.Catalogue.Find(new CollectionName(database, name))!;
        var documents = view.Scan(collection).Select(stored => (stored.RecordId, Document: BsonBytes.Decode(stored.Bytes))).ToList();
        view.Count(collection).Should().Be(documents.Count);
        foreach (var index in collection.Indexes)
        {
            var built = documents.Select(stored => (stored.RecordId, Keys: DocumentKeys.Of(stored.Document, index))).ToList();
            var expected = built.SelectMany(stored => stored.Keys.Keys.Select(key => new IndexEntry(key, stored.RecordId))).Order().Select(Text);
            // Plain equality: an assertion about two long lists compares each item at length.
            view.Scan(index, KeyRange.All).Select(Text).SequenceEqual(expected).Should().BeTrue("the index {0} agrees with the documents", index.Name);
            if (built.Any(stored => stored.Keys.IsMultikey)) index.IsMultikey.Should().BeTrue("the index {0} has spread an array", index.Name);
            var keys = view.Scan(index, KeyRange.All).Select(entry => Convert.ToHexString(entry.Key)).ToList();
            if (index.IsUnique) keys.Should().OnlyHaveUniqueItems();
        }
    }

    private static string Text(IndexEntry entry) => $"{Convert.ToHexString(entry.Key)} {entry.RecordId}";
}
