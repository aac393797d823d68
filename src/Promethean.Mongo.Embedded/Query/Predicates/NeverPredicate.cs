using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;

namespace Promethean.Mongo.Embedded.Query.Predicates;

/// <summary>True for nothing, as <c>$all</c> of an empty array.</summary>
internal sealed class NeverPredicate : ValuePredicate
{
    public override IReadOnlyList<BoundsInterval> Intervals => [];

    public override bool Matches(BsonValue? value, Variables variables, ref int position) => false;
}
