using System.Text.RegularExpressions;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query.Predicates;

/// <summary><c>$regex</c>: a string the pattern is found in, or the very same regular expression as a value.</summary>
internal sealed class RegexPredicate(BsonRegularExpression pattern) : ValuePredicate
{
    private readonly Regex _regex = MongoRegex.Compile(pattern);

    public override IReadOnlyList<BoundsInterval>? Intervals
    {
        get
        {
            if (pattern.Options.Length > 0 || MongoRegex.LiteralPrefix(pattern.Pattern) is not { Length: > 0 } prefix) return null;
            var end = string.Concat(prefix.AsSpan(0, prefix.Length - 1), [(char)(prefix[^1] + 1)]);
            return [new BoundsInterval(prefix, true, end, false), BoundsInterval.Point(pattern)];
        }
    }

    public override bool Matches(BsonValue? value, Variables variables, ref int position) => value switch
    {
        BsonString text => MongoRegex.IsMatch(_regex, text.Value),
        BsonSymbol symbol => MongoRegex.IsMatch(_regex, symbol.Name),
        BsonRegularExpression other => BsonOrder.AreEqual(other, pattern),
        _ => false,
    };
}
