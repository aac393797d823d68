using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query.Matchers;

/// <summary><c>$expr</c>: an aggregation expression that is true.</summary>
internal sealed class ExpressionMatcher(Expression expression) : Matcher
{
    public override bool Matches(BsonDocument document, Variables variables, ref int position) =>
        Truth.Of(expression.Evaluate(new EvaluationScope(document, variables)));
}
