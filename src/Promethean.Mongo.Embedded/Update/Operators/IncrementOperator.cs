using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary><c>$inc</c>; a missing field counts as zero.</summary>
internal sealed class IncrementOperator : FieldOperator
{
    private readonly BsonValue _amount;

    public IncrementOperator(BsonElement field)
    {
        if (!Numbers.IsNumber(field.Value)) throw MongoCommandFailedException.TypeMismatch($"Cannot increment with non-numeric argument: {{{field}}}");
        _amount = field.Value;
    }

    public override BsonValue? Apply(BsonValue? current, FieldPlace place)
    {
        if (current is null) return _amount;
        var sum = NumericChange.Apply("$inc", current, _amount, Arithmetic.Add, place);
        return IsSame(current, sum) ? current : sum;
    }
}
