using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Oplog;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Storage.Sqlite;
using Promethean.Mongo.Embedded.Tests.ChangeStreams;

namespace Promethean.Mongo.Embedded.Tests.Oplog;

/// <summary>Whether a data directory's oplog, of which nothing was trimmed yet, tells exactly the documents that are there.</summary>
internal static class OplogAgreement
{
    public static async Task HoldsAsync(string directory, CollectionName name)
    {
        await using var engine = SqliteEngine.Open(directory, checkIntegrity: false);
        using var view = engine.OpenView();
        var replayed = new Dictionary<BsonValue, BsonDocument>();
        foreach (var entry in OplogReader.From(view, 0).SelectMany(record => record.Entries).Where(entry => entry.Name == name && entry.DocumentId is not null))
        {
            var id = entry.DocumentId!;
            switch (entry.Type)
            {
                case OperationType.Insert:
                    replayed.Add(id, Copy(entry.Document!));
                    break;
                case OperationType.Replace:
                    replayed[id] = Copy(entry.Document!);
                    break;
                case OperationType.Update:
                    EventReplay.Update(replayed[id], Copy(entry.Update!));
                    break;
                case OperationType.Delete:
                    replayed.Remove(id).Should().BeTrue();
                    break;
            }
        }

        var found = view.Scan(view.Catalogue.Find(name)!).Select(stored => BsonBytes.Decode(stored.Bytes).ToJson());
        found.Should().BeEquivalentTo(replayed.Values.Select(document => document.ToJson()), "a change and its entry do not come apart");
    }

    // Entries are read lazily from the bytes of their record, and cannot be changed.
    private static BsonDocument Copy(BsonDocument entry) => BsonBytes.Decode(BsonBytes.Encode(entry));
}
