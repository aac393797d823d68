using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Update;

/// <summary>
/// The document an upsert starts from: what the filter's equality conditions say ("Upsert with Operator Expressions" in the manual).
/// </summary>
internal static class UpsertSeed
{
    /// <summary>
    /// Makes the seed; <c>_id</c>, if the filter names it, comes first. For a <paramref name="replacement"/> only <c>_id</c> is taken.
    /// </summary>
    /// <exception cref="MongoCommandFailedException">Code 54: the filter asks one path to equal two values.</exception>
    public static BsonDocument From(BsonDocument filter, bool replacement = false)
    {
        var equalities = new List<KeyValuePair<string, BsonValue>>();
        DocumentFilter.Parse(filter).AddEqualities(equalities);
        if (replacement) equalities.RemoveAll(equality => equality.Key != "_id");
        CheckConflicts(equalities);

        var seed = new BsonDocument();
        foreach (var (path, value) in equalities.OrderBy(equality => equality.Key is "_id" || equality.Key.StartsWith("_id.", StringComparison.Ordinal) ? 0 : 1))
        {
            Set(seed, FieldPath.Parse(path), value is BsonDocument document ? BsonCopy.Deep(document) : value);
        }

        return seed;
    }

    private static void CheckConflicts(List<KeyValuePair<string, BsonValue>> equalities)
    {
        for (var i = 0; i < equalities.Count; i++)
        {
            var path = FieldPath.Parse(equalities[i].Key);
            for (var j = 0; j < equalities.Count; j++)
            {
                if (i != j && path.IsPrefixOf(FieldPath.Parse(equalities[j].Key)))
                {
                    throw new MongoCommandFailedException(
                        MongoErrorCode.NotSingleValueField, $"cannot infer query fields to set, path '{equalities[j].Key}' is matched twice");
                }
            }
        }
    }

    private static void Set(BsonDocument seed, FieldPath path, BsonValue value)
    {
        var document = seed;
        for (var part = 0; part < path.Length - 1; part++)
        {
            if (path.Step(document, part) is BsonDocument inner)
            {
                document = inner;
                continue;
            }

            var added = new BsonDocument();
            document[path.Parts[part]] = added;
            document = added;
        }

        document[path.Parts[path.Length - 1]] = value;
    }
}
