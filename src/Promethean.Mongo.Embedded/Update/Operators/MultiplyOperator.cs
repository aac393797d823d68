using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary><c>$mul</c>; a missing field becomes zero of the factor's type.</summary>
internal sealed class MultiplyOperator : FieldOperator
{
    private readonly BsonValue _factor;

    public MultiplyOperator(BsonElement field)
    {
        if (!Numbers.IsNumber(field.Value)) throw MongoCommandFailedException.TypeMismatch($"Cannot multiply with non-numeric argument: {{{field}}}");
        _factor = field.Value;
    }

    public override BsonValue? Apply(BsonValue? current, FieldPlace place)
    {
        var product = NumericChange.Apply("$mul", current ?? new BsonInt32(0), _factor, Arithmetic.Multiply, place);
        return IsSame(current, product) ? current : product;
    }
}
