using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;

namespace Promethean.Mongo.Embedded.Query.Predicates;

/// <summary><c>$exists: true</c>.</summary>
internal sealed class ExistsPredicate : ValuePredicate
{
    public override bool SpreadsArrays => false;

    public override bool Matches(BsonValue? value, Variables variables, ref int position) => value is not null;
}
