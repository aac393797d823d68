using System.Security.Cryptography;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Oplog;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.ChangeStreams;

/// <summary>Makes the documents that a stream hands out ("Change Events" in MongoDB's manual).</summary>
internal sealed class ChangeEvent(ChangeStreamOptions options)
{
    // Sessions belong to a user; without authentication there is one, without a name.
    private static readonly BsonBinaryData NoUser = new(SHA256.HashData([]));

    public BsonDocument Of(OplogRecord record, OplogEntry entry, StreamPosition position, IReadView view)
    {
        var told = Header(record, position, entry.Type);
        if (options.ShowsExpandedEvents && entry.Uuid is { } uuid) told.Add("collectionUUID", new BsonBinaryData(uuid, GuidRepresentation.Standard));
        if (record.Origin is { IsTransaction: true } origin)
        {
            told.Add("lsid", new BsonDocument { { "id", new BsonBinaryData(origin.Session, GuidRepresentation.Standard) }, { "uid", NoUser } });
            told.Add("txnNumber", origin.Number);
        }

        if (entry.Document is not null) told.Add("fullDocument", entry.Document);
        var name = new BsonDocument("db", entry.Name.Database);
        if (entry.Name.Name.Length > 0) name.Add("coll", entry.Name.Name);
        told.Add("ns", name);
        if (entry.To is { } to) told.Add("to", new BsonDocument { { "db", to.Database }, { "coll", to.Name } });
        if (entry.DocumentId is { } id)
        {
            told.Add("documentKey", new BsonDocument("_id", id));
            AddImages(told, entry, id, view);
        }
        else if (options.ShowsExpandedEvents && entry.Description is not null)
        {
            told.Add("operationDescription", entry.Description);
        }

        return told;
    }

    public static BsonDocument Invalidate(OplogRecord record, StreamPosition position) => Header(record, position, OperationType.Invalidate);

    private static BsonDocument Header(OplogRecord record, StreamPosition position, string type) => new()
    {
        { "_id", ResumeToken.Of(position) },
        { "operationType", type },
        { "clusterTime", new BsonTimestamp(position.Time) },
        { "wallTime", record.WallTime },
    };

    private void AddImages(BsonDocument told, OplogEntry entry, BsonValue id, IReadView view)
    {
        if (entry.Update is { } update)
        {
            if (options.ShowsExpandedEvents)
            {
                told.Add("updateDescription", update);
            }
            else
            {
                var plain = new BsonDocument(update.Elements);
                plain.Remove("disambiguatedPaths");
                told.Add("updateDescription", plain);
            }

            if (options.After == ImageMode.Lookup) told.Add("fullDocument", (BsonValue?)Find(view, entry, id) ?? BsonNull.Value);
            else AddImage(told, "fullDocument", entry.After, options.After, entry, "post-image");
        }

        if (entry.Type != OperationType.Insert) AddImage(told, "fullDocumentBeforeChange", entry.Before, options.Before, entry, "pre-image");
    }

    private static void AddImage(BsonDocument told, string field, BsonDocument? image, ImageMode mode, OplogEntry entry, string what)
    {
        if (mode == ImageMode.None) return;
        if (image is null && mode == ImageMode.Required)
        {
            throw new MongoCommandFailedException(
                MongoErrorCode.NoMatchingDocument,
                $"Change stream was configured to require a {what} for all update, delete and replace events, but the {what} was not found for the {entry.Type} of {entry.DocumentId} in {entry.Name}");
        }

        told.Add(field, (BsonValue?)image ?? BsonNull.Value);
    }

    private static BsonDocument? Find(IReadView view, OplogEntry entry, BsonValue id)
    {
        if (view.Catalogue.Find(entry.Name) is not { } collection || collection.Uuid != entry.Uuid) return null;
        foreach (var found in view.Scan(collection.IdIndex, KeyRange.Exactly(KeyString.Encode(id))))
            return view.Find(collection, found.RecordId) is { } bytes ? BsonBytes.Lazy(bytes) : null;
        return null;
    }
}
