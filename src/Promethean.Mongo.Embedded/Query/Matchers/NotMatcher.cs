using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;

namespace Promethean.Mongo.Embedded.Query.Matchers;

/// <summary>The opposite of a condition.</summary>
internal sealed class NotMatcher(Matcher condition) : Matcher
{
    public override bool Matches(BsonDocument document, Variables variables, ref int position)
    {
        var ignored = -1;
        return !condition.Matches(document, variables, ref ignored);
    }
}
