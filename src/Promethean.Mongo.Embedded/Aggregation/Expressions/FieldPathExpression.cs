using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>
/// <c>$a.b</c>: the value of a field; where the path meets an array, the array of what its elements have there. Numbers in the
/// path are field names, never positions.
/// </summary>
internal sealed class FieldPathExpression(string[] parts) : Expression
{
    /// <summary>The path without its dollar.</summary>
    public string Path => string.Join('.', parts);

    public override BsonValue? Evaluate(EvaluationScope scope) => Follow(scope.Root, parts, 0);

    /// <summary>The value at the path from <paramref name="part"/> on; null if missing.</summary>
    public static BsonValue? Follow(BsonValue? value, string[] parts, int part)
    {
        for (; part < parts.Length; part++)
        {
            switch (value)
            {
                case BsonDocument document:
                    value = document.TryGetValue(parts[part], out var next) ? next : null;
                    break;
                case BsonArray array:
                    return FollowEach(array, parts, part);
                default:
                    return null;
            }
        }

        return value;
    }

    private static BsonArray FollowEach(BsonArray array, string[] parts, int part)
    {
        var found = new BsonArray();
        foreach (var item in array)
        {
            if (item is (BsonDocument or BsonArray) && Follow(item, parts, part) is { } value) found.Add(value);
        }

        return found;
    }
}
