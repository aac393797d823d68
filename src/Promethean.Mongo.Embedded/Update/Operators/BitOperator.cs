using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary><c>$bit</c>: <c>and</c>, <c>or</c>, <c>xor</c> with ints or longs; a missing field counts as zero.</summary>
internal sealed class BitOperator : FieldOperator
{
    private readonly BsonDocument _operations;

    public BitOperator(BsonElement field)
    {
        if (field.Value is not BsonDocument { ElementCount: > 0 } operations)
        {
            throw MongoCommandFailedException.BadValue($"You must pass in at least one bitwise operation. The format is: {{$bit: {{field: {{and/or/xor: #}}}}}}, but found {field.Value}");
        }

        foreach (var operation in operations)
        {
            if (operation.Name is not ("and" or "or" or "xor"))
            {
                throw MongoCommandFailedException.BadValue($"The $bit modifier only supports 'and', 'or', and 'xor', not '{operation.Name}' which is an unknown operator");
            }

            if (operation.Value is not (BsonInt32 or BsonInt64))
            {
                throw MongoCommandFailedException.BadValue($"The $bit modifier field must be an Integer(32/64 bit); a '{operation.Value.BsonType}' is not supported here: {operation}");
            }
        }

        _operations = operations;
    }

    public override BsonValue? Apply(BsonValue? current, FieldPlace place)
    {
        if (current is not (null or BsonInt32 or BsonInt64))
        {
            throw MongoCommandFailedException.BadValue($"Cannot apply $bit to a value of non-integral type.{place.Id} has the field {place.Field} of non-integer type {current.BsonType}");
        }

        var value = current?.ToInt64() ?? 0;
        var isLong = current is BsonInt64;
        foreach (var operation in _operations)
        {
            var operand = operation.Value.ToInt64();
            isLong |= operation.Value is BsonInt64;
            value = operation.Name switch
            {
                "and" => value & operand,
                "or" => value | operand,
                _ => value ^ operand,
            };
        }

        BsonValue result = isLong ? new BsonInt64(value) : new BsonInt32((int)value);
        return IsSame(current, result) ? current : result;
    }
}
