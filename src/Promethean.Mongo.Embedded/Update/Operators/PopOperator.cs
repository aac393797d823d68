using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary><c>$pop</c>: removes the last element (1) or the first (-1).</summary>
internal sealed class PopOperator : FieldOperator
{
    private readonly bool _first;

    public PopOperator(BsonElement field)
    {
        if (!Numbers.TryToInt64(field.Value, out var end) || end is not (1 or -1))
        {
            throw MongoCommandFailedException.FailedToParse($"$pop expects 1 or -1, found: {field.Value}");
        }

        _first = end == -1;
    }

    public override bool Creates => false;

    public override BsonValue? Apply(BsonValue? current, FieldPlace place)
    {
        if (current is not (null or BsonArray))
        {
            throw MongoCommandFailedException.TypeMismatch($"Path '{place.Path}' contains an element of non-array type '{BsonTypeNames.Of(current.BsonType)}'");
        }

        if (current is not BsonArray { Count: > 0 } array) return current;
        return new BsonArray(_first ? array.Skip(1) : array.SkipLast(1));
    }
}
