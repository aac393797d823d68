using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;

namespace Promethean.Mongo.Embedded.Query.Validation;

/// <summary><c>$not</c> at a field.</summary>
internal sealed class NotClause(ValidationClause inner) : ValidationClause
{
    public override bool Matches(BsonDocument document, Variables variables) => !inner.Matches(document, variables);

    public override BsonDocument Explain(BsonDocument document, Variables variables, bool inverted) =>
        new() { { "operatorName", "$not" }, { "details", inner.Explain(document, variables, !inverted) } };
}
