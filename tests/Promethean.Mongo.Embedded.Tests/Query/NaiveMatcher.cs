using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Tests.Query;

/// <summary>
/// Filters as the manual describes them, with no thought of speed: every place a path leads to is listed first, then each is tested.
/// It knows numbers, strings, booleans, null, documents and arrays, and shares no code with the server.
/// </summary>
internal static class NaiveMatcher
{
    public static bool Matches(BsonDocument document, BsonDocument filter) => filter.All(element => element.Name switch
    {
        "$and" => element.Value.AsBsonArray.All(clause => Matches(document, clause.AsBsonDocument)),
        "$or" => element.Value.AsBsonArray.Any(clause => Matches(document, clause.AsBsonDocument)),
        "$nor" => !element.Value.AsBsonArray.Any(clause => Matches(document, clause.AsBsonDocument)),
        _ => Condition(document, element.Name.Split('.'), element.Value),
    });

    public static bool Same(BsonValue x, BsonValue y)
    {
        if (x.IsNumeric && y.IsNumeric) return x.ToDouble().Equals(y.ToDouble());
        if (x.BsonType != y.BsonType) return false;
        return (x, y) switch
        {
            (BsonArray left, BsonArray right) => left.Count == right.Count && left.Zip(right).All(pair => Same(pair.First, pair.Second)),
            (BsonDocument left, BsonDocument right) => left.ElementCount == right.ElementCount
                && left.Zip(right).All(pair => pair.First.Name == pair.Second.Name && Same(pair.First.Value, pair.Second.Value)),
            _ => x.Equals(y),
        };
    }

    private static bool Condition(BsonDocument document, string[] path, BsonValue condition)
    {
        if (!IsOperators(condition)) return Test(document, path, "$eq", condition);
        return condition.AsBsonDocument.All(element => Operator(document, path, element.Name, element.Value));
    }

    private static bool Operator(BsonDocument document, string[] path, string name, BsonValue operand) => name switch
    {
        "$ne" => !Test(document, path, "$eq", operand),
        "$nin" => !Test(document, path, "$in", operand),
        "$not" => !Condition(document, path, operand),
        "$exists" when !operand.AsBoolean => !Test(document, path, "$exists", true),
        "$all" => operand.AsBsonArray.Count > 0 && operand.AsBsonArray.All(item => Test(document, path, "$eq", item)),
        _ => Test(document, path, name, operand),
    };

    private static bool Test(BsonDocument document, string[] path, string name, BsonValue operand)
    {
        foreach (var (value, byPosition) in Places(document, path, 0, false))
        {
            var wholeOnly = byPosition || name is "$size" or "$exists" or "$elemMatch";
            if (!wholeOnly && value is BsonArray array && array.Any(item => One(item, name, operand))) return true;
            if (One(value, name, operand)) return true;
        }

        return false;
    }

    // Null stands for a path that ends in nothing.
    private static List<(BsonValue? Value, bool ByPosition)> Places(BsonValue node, string[] path, int part, bool byPosition)
    {
        if (part == path.Length) return [(node, byPosition)];
        var places = new List<(BsonValue?, bool)>();
        if (node is BsonDocument document)
        {
            if (!document.TryGetValue(path[part], out var child)) places.Add((null, false));
            else if (part + 1 < path.Length && child is not (BsonDocument or BsonArray)) places.Add((null, false));
            else places.AddRange(Places(child, path, part + 1, false));
        }

        if (node is BsonArray array)
        {
            for (var i = 0; i < array.Count; i++)
            {
                if (array[i] is BsonDocument) places.AddRange(Places(array[i], path, part, false));
                if (path[part] == $"{i}") places.AddRange(Places(array[i], path, part + 1, true));
            }
        }

        return places;
    }

    private static bool One(BsonValue? value, string name, BsonValue operand)
    {
        switch (name)
        {
            case "$eq":
                return value is null ? operand.IsBsonNull : Same(value, operand);
            case "$in":
                return operand.AsBsonArray.Any(item => One(value, "$eq", item));
            case "$exists":
                return value is not null;
            case "$size":
                return value is BsonArray sized && sized.Count == operand.AsInt32;
            case "$type":
                return value is not null && (operand == "number" ? value.IsNumeric : operand == (value is BsonArray ? "array" : value is BsonString ? "string" : value is BsonInt32 ? "int" : "other"));
            case "$mod":
                return value?.IsNumeric == true && (long)value.ToDouble() % operand[0].AsInt32 == operand[1].AsInt32;
            case "$elemMatch":
                return value is BsonArray elements && elements.Any(item => IsOperators(operand)
                    ? operand.AsBsonDocument.All(element => Alone(item, element.Name, element.Value))
                    : AsDocument(item) is { } inner && Matches(inner, operand.AsBsonDocument));
            default:
                return Ordered(value, name, operand);
        }
    }

    // An array within an array is a document with the positions as names.
    private static BsonDocument? AsDocument(BsonValue item) => item switch
    {
        BsonDocument document => document,
        BsonArray array => new BsonDocument(array.Select((inner, i) => new BsonElement($"{i}", inner))),
        _ => null,
    };

    private static bool Alone(BsonValue item, string name, BsonValue operand) => name switch
    {
        "$ne" => !One(item, "$eq", operand),
        "$nin" => !One(item, "$in", operand),
        _ => One(item, name, operand),
    };

    private static bool Ordered(BsonValue? value, string name, BsonValue operand)
    {
        if (value is null) return false;
        int order;
        if (value.IsNumeric && operand.IsNumeric) order = value.ToDouble().CompareTo(operand.ToDouble());
        else if (value.IsString && operand.IsString) order = string.CompareOrdinal(value.AsString, operand.AsString);
        else return false;
        return name switch
        {
            "$gt" => order > 0,
            "$gte" => order >= 0,
            "$lt" => order < 0,
            _ => order <= 0,
        };
    }

    private static bool IsOperators(BsonValue condition) => condition is BsonDocument { ElementCount: > 0 } document && document.GetElement(0).Name.StartsWith('$');
}
