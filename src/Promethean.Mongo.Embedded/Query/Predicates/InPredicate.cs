using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query.Predicates;

/// <summary><c>$in</c>: equal to one of the values, or matching one of the regular expressions.</summary>
internal sealed class InPredicate : ValuePredicate
{
    private readonly BsonValue[] _values;
    private readonly RegexPredicate[] _patterns;
    private readonly bool _hasNull;

    public InPredicate(BsonArray operands)
    {
        _values = [.. new SortedSet<BsonValue>(operands.Where(operand => !operand.IsBsonRegularExpression), BsonOrder.Instance)];
        _patterns = [.. operands.OfType<BsonRegularExpression>().Select(pattern => new RegexPredicate(pattern))];
        _hasNull = Array.Exists(_values, value => value.IsBsonNull);
    }

    public override IReadOnlyList<BoundsInterval>? Intervals =>
        _patterns.Length > 0 ? null : FieldBounds.Points(_values.SelectMany(EqualPredicate.KeysOf));

    public override bool Matches(BsonValue? value, Variables variables, ref int position)
    {
        if (value is null) return _hasNull;
        if (Array.BinarySearch(_values, value, BsonOrder.Instance) >= 0) return true;
        foreach (var pattern in _patterns)
        {
            if (pattern.Matches(value, variables, ref position)) return true;
        }

        return false;
    }
}
