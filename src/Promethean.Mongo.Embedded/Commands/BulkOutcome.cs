using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>Gathers what the operations of one <c>bulkWrite</c> did.</summary>
internal sealed class BulkOutcome
{
    private readonly List<BsonDocument> _items = [];

    /// <summary>The result of each operation that was tried: <c>{ok, idx, n, …}</c>.</summary>
    public IReadOnlyList<BsonDocument> Items => _items;

    public int Errors { get; private set; }

    public int Inserted { get; private set; }

    public int Matched { get; private set; }

    public int Modified { get; private set; }

    public int Upserted { get; private set; }

    public int Deleted { get; private set; }

    /// <summary>The operations that an earlier try of this command had carried out already.</summary>
    public IReadOnlyList<BsonValue> Retried { get; set; } = [];

    public void Add(int index, string kind, BsonDocument result)
    {
        var count = result["n"].ToInt32();
        var item = new BsonDocument { { "ok", 1.0 }, { "idx", index }, { "n", count } };
        switch (kind)
        {
            case "insert":
                Inserted += count;
                break;
            case "delete":
                Deleted += count;
                break;
            default:
                item.Add("nModified", result["nModified"]);
                Modified += result["nModified"].ToInt32();
                if (result.TryGetValue("upserted", out var id))
                {
                    Upserted++;
                    item.Add("upserted", new BsonDocument("_id", id));
                }
                else
                {
                    Matched += count;
                }

                break;
        }

        _items.Add(item);
    }

    public void Add(int index, MongoCommandFailedException failure)
    {
        Errors++;
        var item = new BsonDocument { { "ok", 0.0 }, { "idx", index }, { "code", failure.Code }, { "errmsg", failure.Message }, { "n", 0 } };
        if (failure.Details is not null) item.Merge(failure.Details);
        _items.Add(item);
    }
}
