using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary>The checks <c>$inc</c> and <c>$mul</c> share.</summary>
internal static class NumericChange
{
    public static BsonValue Apply(string name, BsonValue current, BsonValue operand, Func<BsonValue, BsonValue, BsonValue?> operation, FieldPlace place)
    {
        if (!Numbers.IsNumber(current))
        {
            throw MongoCommandFailedException.TypeMismatch(
                $"Cannot apply {name} to a value of non-numeric type. {place.Id} has the field '{place.Field}' of non-numeric type {BsonTypeNames.Of(current.BsonType)}");
        }

        return operation(current, operand)
            ?? throw MongoCommandFailedException.BadValue($"Failed to apply {name} operations to current value ({current}) for document {place.Id}: the result does not fit a 64-bit integer");
    }
}
