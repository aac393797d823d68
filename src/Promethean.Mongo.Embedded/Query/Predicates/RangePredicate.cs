using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query.Predicates;

/// <summary>
/// <c>$gt</c>, <c>$gte</c>, <c>$lt</c>, <c>$lte</c>: true only for values of the operand's type ("type bracketing" in the manual),
/// except that MinKey and MaxKey compare with everything.
/// </summary>
internal sealed class RangePredicate(BsonValue operand, bool greater, bool inclusive) : ValuePredicate
{
    private readonly byte _rank = BsonTypeRank.Of(operand.BsonType);
    private readonly bool _isNaN = IsNaN(operand);

    public override IReadOnlyList<BoundsInterval>? Intervals
    {
        get
        {
            if (operand.IsBsonNull) return inclusive ? FieldBounds.Points([operand]) : null;
            if (_isNaN) return inclusive ? FieldBounds.Points([operand]) : [];
            if (BoundsInterval.OfType(operand) is not { } type) return null;
            var interval = greater
                ? new BoundsInterval(operand, inclusive, type.High, type.HighInclusive)
                : new BoundsInterval(type.Low, type.LowInclusive, operand, inclusive);
            return [interval];
        }
    }

    public override bool Matches(BsonValue? value, Variables variables, ref int position)
    {
        if (value is null) return operand.IsBsonNull && inclusive;
        var rank = BsonTypeRank.Of(value.BsonType);
        if (rank != _rank && _rank is not (BsonTypeRank.MinKey or BsonTypeRank.MaxKey)) return false;
        if (rank == BsonTypeRank.Number && (_isNaN || IsNaN(value))) return inclusive && _isNaN && IsNaN(value);
        var order = BsonOrder.Compare(value, operand);
        return order == 0 ? inclusive : order > 0 == greater;
    }

    private static bool IsNaN(BsonValue value) => value.BsonType switch
    {
        BsonType.Double => double.IsNaN(value.AsDouble),
        BsonType.Decimal128 => Decimal128.IsNaN(value.AsDecimal128),
        _ => false,
    };
}
