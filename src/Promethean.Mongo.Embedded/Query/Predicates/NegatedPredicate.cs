using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;

namespace Promethean.Mongo.Embedded.Query.Predicates;

/// <summary>
/// Not all of <paramref name="inner"/>: <c>$not</c>, <c>$ne</c>, <c>$nin</c>, <c>$exists: false</c>. At the end of a path
/// <see cref="Matchers.FieldMatchers"/> negates the whole walk instead, so that <c>{a: {$ne: 1}}</c> refuses <c>a: [0, 1]</c>.
/// </summary>
internal sealed class NegatedPredicate(IReadOnlyList<ValuePredicate> inner) : ValuePredicate
{
    public IReadOnlyList<ValuePredicate> Inner => inner;

    public override bool Matches(BsonValue? value, Variables variables, ref int position)
    {
        var ignored = -1;
        foreach (var predicate in inner)
        {
            if (!predicate.Matches(value, variables, ref ignored)) return true;
        }

        return false;
    }
}
