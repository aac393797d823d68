using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>Conditions that a key range expresses exactly: a value that is no document or array satisfies them if, and only if, it lies within.</summary>
internal static class ExactConditions
{
    /// <summary>Whether a condition is a value to equal. Null is not: it also finds what is missing.</summary>
    public static bool IsValue(BsonValue condition) => condition is BsonBoolean || IsOrdered(condition);

    /// <summary>Whether a condition is made of <c>$gt</c>, <c>$gte</c>, <c>$lt</c>, <c>$lte</c>.</summary>
    /// <remarks>The least number is NaN, which no comparison finds: a range of numbers must have a beginning.</remarks>
    public static bool IsRange(BsonDocument condition) =>
        condition.ElementCount > 0
        && condition.All(bound => bound.Name is "$gt" or "$gte" or "$lt" or "$lte" && IsOrdered(bound.Value))
        && (condition.All(bound => !bound.Value.IsNumeric) || condition.Any(bound => bound.Value.IsNumeric && bound.Name[1] == 'g'));

    private static bool IsOrdered(BsonValue value) =>
        value is BsonString or BsonObjectId or BsonDateTime || (value.IsNumeric && value is not (BsonDouble { Value: double.NaN } or BsonDecimal128));
}
