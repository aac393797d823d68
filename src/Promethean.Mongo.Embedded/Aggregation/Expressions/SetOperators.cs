using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>"Set Expression Operators" in the manual: arrays as sets, in the order of first appearance.</summary>
internal static class SetOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Add("$setUnion", 0, int.MaxValue, Union);
        table.Add("$setIntersection", 0, int.MaxValue, Intersection);
        table.Add("$setDifference", (x, y) => Operand.IsNullish(x) || Operand.IsNullish(y)
            ? BsonNull.Value
            : new BsonArray(Set(x, "$setDifference", 17048).Except(Set(y, "$setDifference", 17049), BsonOrder.Instance)));
        table.Add("$setEquals", 2, int.MaxValue, values =>
        {
            var first = Set(values[0], "$setEquals", 17044);
            return BsonBoolean.Create(values.All(value => first.SetEquals(Set(value, "$setEquals", 17044))));
        });
        table.Add("$setIsSubset", (x, y) => BsonBoolean.Create(Set(x, "$setIsSubset", 17046).IsSubsetOf(Set(y, "$setIsSubset", 17042))));
        table.Add("$anyElementTrue", value => BsonBoolean.Create(Operand.Array(value, "$anyElementTrue", 17041).Any(Truth.Of)));
        table.Add("$allElementsTrue", value => BsonBoolean.Create(Operand.Array(value, "$allElementsTrue", 17040).All(Truth.Of)));
    }

    private static BsonValue? Union(BsonValue?[] values)
    {
        var all = new HashSet<BsonValue>(BsonOrder.Instance);
        foreach (var value in values)
        {
            if (Operand.IsNullish(value)) return BsonNull.Value;
            all.UnionWith(Set(value, "$setUnion", 17043));
        }

        return new BsonArray(all);
    }

    private static BsonValue? Intersection(BsonValue?[] values)
    {
        HashSet<BsonValue>? all = null;
        foreach (var value in values)
        {
            if (Operand.IsNullish(value)) return BsonNull.Value;
            var set = Set(value, "$setIntersection", 17047);
            if (all is null) all = set;
            else all.IntersectWith(set);
        }

        return new BsonArray(all ?? []);
    }

    private static HashSet<BsonValue> Set(BsonValue? value, string name, int code) => value is BsonArray array
        ? new HashSet<BsonValue>(array, BsonOrder.Instance)
        : throw MongoCommandFailedException.Location(code, $"All operands of {name} must be arrays. One argument is of type: {Operand.TypeOf(value)}");
}
