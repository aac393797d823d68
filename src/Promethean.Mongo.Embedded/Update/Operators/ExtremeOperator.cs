using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary><c>$min</c> and <c>$max</c>, in the order of all BSON values.</summary>
internal sealed class ExtremeOperator(BsonValue value, bool greatest) : FieldOperator
{
    public override BsonValue? Apply(BsonValue? current, FieldPlace place)
    {
        if (current is null) return value;
        var order = BsonOrder.Compare(value, current);
        return (greatest ? order > 0 : order < 0) ? value : current;
    }
}
