using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;

namespace Promethean.Mongo.Embedded.Query.Matchers;

/// <summary>At least one of several conditions.</summary>
internal sealed class OrMatcher(Matcher[] conditions) : Matcher
{
    public override bool Matches(BsonDocument document, Variables variables, ref int position)
    {
        foreach (var condition in conditions)
        {
            if (condition.Matches(document, variables, ref position)) return true;
        }

        return false;
    }

    public override void AddBounds(List<FieldBounds> bounds)
    {
        if (conditions.Length == 1) conditions[0].AddBounds(bounds);
    }

    public override void AddEqualities(List<KeyValuePair<string, BsonValue>> equalities)
    {
        if (conditions.Length == 1) conditions[0].AddEqualities(equalities);
    }
}
