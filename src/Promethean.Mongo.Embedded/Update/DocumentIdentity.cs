using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update;

/// <summary>The rules of <c>_id</c>: it never changes, and it is no array, regular expression or undefined ("The _id Field" in the manual).</summary>
internal static class DocumentIdentity
{
    private const string Id = "_id";

    /// <summary>Refuses a change of <c>_id</c>.</summary>
    public static void Check(BsonDocument before, BsonDocument after, bool replaced)
    {
        if (!after.TryGetValue(Id, out var now))
        {
            if (before.Contains(Id)) throw Immutable();
            return;
        }

        if (before.TryGetValue(Id, out var old))
        {
            if (ReferenceEquals(old, now) || BsonOrder.AreEqual(old, now)) return;
            throw replaced
                ? new MongoCommandFailedException(
                    MongoErrorCode.ImmutableField, $"After applying the update, the (immutable) field '_id' was found to have been altered to _id: {now}")
                : Immutable();
        }

        CheckType(now);
    }

    /// <summary>Refuses a value that cannot be an <c>_id</c>.</summary>
    public static void CheckType(BsonValue id)
    {
        if (id is BsonArray or BsonRegularExpression or BsonUndefined)
        {
            throw new MongoCommandFailedException(MongoErrorCode.InvalidIdField, $"The '_id' value cannot be of type {BsonTypeNames.Of(id.BsonType)}");
        }

        if (id is BsonDocument document && document.Names.Any(name => name.StartsWith('$')))
        {
            throw new MongoCommandFailedException(MongoErrorCode.DollarPrefixedFieldName, "_id fields may not contain '$'-prefixed fields");
        }
    }

    private static MongoCommandFailedException Immutable() =>
        new(MongoErrorCode.ImmutableField, "Performing an update on the path '_id' would modify the immutable field '_id'");
}
