using MongoDB.Bson;

namespace Promethean.Broker.Server.Mongo;

/// <summary>Who owns a collection, as the document of it says.</summary>
internal sealed record CollectionOwner(long Token, long Renewals, bool IsReleased, TimeSpan Lease, string Holder)
{
    public static CollectionOwner Read(BsonDocument document)
    {
        try
        {
            return new(
                document["token"].ToInt64(),
                document["renewals"].ToInt64(),
                document["released"].AsBoolean,
                TimeSpan.FromMilliseconds(document["lease_ms"].ToInt64()),
                document["holder"].AsString);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidCastException or FormatException)
        {
            throw new TaskJournalException($"The document '{document.GetValue("_id", BsonNull.Value)}' is not one that tells a collection's owner: {e.Message}", e);
        }
    }
}
