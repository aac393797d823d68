using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Query.Predicates;

/// <summary><c>$size</c>: an array of exactly so many elements.</summary>
internal sealed class SizePredicate : ValuePredicate
{
    private readonly long _size;

    public SizePredicate(BsonValue operand)
    {
        if (!Numbers.TryToInt64(operand, out _size))
        {
            throw MongoCommandFailedException.FailedToParse($"Failed to parse $size. Expected an integer: $size: {operand}");
        }

        if (_size < 0) throw MongoCommandFailedException.BadValue($"Failed to parse $size. Expected a non-negative number in: $size: {operand}");
    }

    public override bool SpreadsArrays => false;

    public override bool Matches(BsonValue? value, Variables variables, ref int position) => value is BsonArray array && array.Count == _size;
}
