using System.Security.Cryptography;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>
/// What <c>$collStats</c>, <c>$indexStats</c> and <c>$listLocalSessions</c> tell. Uses of indexes and latencies are not counted: they
/// are zeros.
/// </summary>
internal sealed class ServerFacts(CommandContext context, CollectionName name, IReadView view) : IServerFacts
{
    // Whoever is not logged in has the digest of an empty name.
    private static readonly BsonBinaryData Nobody = new(SHA256.HashData([]));

    public BsonDocument CollectionStats(BsonDocument wanted)
    {
        var collection = view.Catalogue.Find(name);
        var stats = new BsonDocument
        {
            { "ns", name.ToString() },
            { "host", context.Server.Host },
            { "localTime", new BsonDateTime(context.Now.ToUnixTimeMilliseconds()) },
        };
        foreach (var part in wanted)
        {
            switch (part.Name)
            {
                case "count":
                    stats.Add("count", view.Count(collection ?? throw new MongoCommandFailedException(MongoErrorCode.NamespaceNotFound, $"Collection [{name}] not found.")));
                    break;
                case "storageStats":
                    stats.Add("storageStats", Storage(collection, part.Value.AsBsonDocument.GetValue("scale", 1)));
                    break;
                case "latencyStats":
                    stats.Add("latencyStats", new BsonDocument(
                        ((string[])["reads", "writes", "commands", "transactions"]).Select(kind => new BsonElement(kind, new BsonDocument { { "latency", 0L }, { "ops", 0L } }))));
                    break;
                default:
                    stats.Add("queryExecStats", new BsonDocument("collectionScans", new BsonDocument { { "total", 0L }, { "nonTailable", 0L } }));
                    break;
            }
        }

        return stats;
    }

    public IEnumerable<BsonDocument> IndexStats() => (view.Catalogue.Find(name)?.Indexes ?? []).Select(index => new BsonDocument
    {
        { "name", index.Name },
        { "key", index.Key },
        { "host", context.Server.Host },
        { "accesses", new BsonDocument { { "ops", 0L }, { "since", new BsonDateTime(context.Server.Started.UtcDateTime) } } },
        { "spec", index.Specification },
    });

    public IEnumerable<BsonDocument> LocalSessions() => context.Server.Sessions.All.Select(session => new BsonDocument
    {
        { "_id", new BsonDocument { { "id", new BsonBinaryData(session.Id, GuidRepresentation.Standard) }, { "uid", Nobody } } },
        { "lastUse", new BsonDateTime((context.Now - context.Server.Time.GetElapsedTime(session.LastUse)).UtcDateTime) },
    });

    private BsonDocument Storage(CollectionDefinition? collection, BsonValue scale)
    {
        if (!Numbers.TryToInt32(scale, out var factor) || factor < 1) throw MongoCommandFailedException.Location(51024, "BSON field '$collStats.storageStats.scale' value must be >= 1");
        var count = collection is null ? 0 : view.Count(collection);
        var size = collection is null ? 0 : view.Scan(collection).Sum(stored => (long)stored.Bytes.Length);
        var indexes = collection?.Indexes.Select(index => index.Name).ToList() ?? [];
        var stats = new BsonDocument { { "size", size / factor }, { "count", count } };
        if (count > 0) stats.Add("avgObjSize", size / count);
        return stats.AddRange(new BsonDocument
        {
            { "storageSize", size / factor },
            { "freeStorageSize", 0L },
            { "capped", false },
            { "nindexes", indexes.Count },
            { "indexBuilds", new BsonArray() },
            { "totalIndexSize", 0L },
            { "totalSize", size / factor },
            { "indexSizes", new BsonDocument(indexes.Select(index => new BsonElement(index, 0L))) },
            { "scaleFactor", factor },
        });
    }
}
