using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;

namespace Promethean.Mongo.Embedded.Query.Matchers;

/// <summary>All of several conditions; none of them is always true.</summary>
internal sealed class AndMatcher(Matcher[] conditions) : Matcher
{
    public override bool Matches(BsonDocument document, Variables variables, ref int position)
    {
        var before = position;
        foreach (var condition in conditions)
        {
            if (condition.Matches(document, variables, ref position)) continue;
            position = before;
            return false;
        }

        return true;
    }

    public override void AddBounds(List<FieldBounds> bounds)
    {
        foreach (var condition in conditions) condition.AddBounds(bounds);
    }

    public override void AddEqualities(List<KeyValuePair<string, BsonValue>> equalities)
    {
        foreach (var condition in conditions) condition.AddEqualities(equalities);
    }
}
