using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>"Comparison Expression Operators" in the manual: the order of all types, a missing value being less than null.</summary>
internal static class ComparisonOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Add("$cmp", (x, y) => Math.Sign(Compare(x, y)));
        table.Add("$eq", (x, y) => BsonBoolean.Create(Compare(x, y) == 0));
        table.Add("$ne", (x, y) => BsonBoolean.Create(Compare(x, y) != 0));
        table.Add("$gt", (x, y) => BsonBoolean.Create(Compare(x, y) > 0));
        table.Add("$gte", (x, y) => BsonBoolean.Create(Compare(x, y) >= 0));
        table.Add("$lt", (x, y) => BsonBoolean.Create(Compare(x, y) < 0));
        table.Add("$lte", (x, y) => BsonBoolean.Create(Compare(x, y) <= 0));
    }

    private static int Compare(BsonValue? x, BsonValue? y)
    {
        if (x is not null && y is not null) return BsonOrder.Compare(x, y);
        // A missing value ranks with undefined, above MinKey.
        return BsonOrder.Compare(x ?? BsonUndefined.Value, y ?? BsonUndefined.Value);
    }
}
