using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Query.Predicates;

/// <summary><c>$mod</c>: numbers, fractions cut off, whose remainder is the given one.</summary>
internal sealed class ModPredicate : ValuePredicate
{
    private readonly long _divisor;
    private readonly long _remainder;

    public ModPredicate(BsonValue operand)
    {
        if (operand is not BsonArray array) throw MongoCommandFailedException.BadValue("malformed mod, needs to be an array");
        if (array.Count < 2) throw MongoCommandFailedException.BadValue("malformed mod, not enough elements");
        if (array.Count > 2) throw MongoCommandFailedException.BadValue("malformed mod, too many elements");
        if (!Numbers.TryTruncate(array[0], out _divisor)) throw MongoCommandFailedException.BadValue("malformed mod, divisor not a number");
        if (!Numbers.TryTruncate(array[1], out _remainder)) throw MongoCommandFailedException.BadValue("malformed mod, remainder not a number");
        if (_divisor == 0) throw MongoCommandFailedException.BadValue("divisor cannot be 0");
    }

    public override bool Matches(BsonValue? value, Variables variables, ref int position) =>
        value is not null && Numbers.TryTruncate(value, out var number) && (_divisor == -1 ? 0 : number % _divisor) == _remainder;
}
