using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation;

/// <summary>What an expression is evaluated against: the document (<c>$$ROOT</c>, and <c>$field</c>) and the variables.</summary>
internal readonly record struct EvaluationScope(BsonDocument Root, Variables Variables)
{
    /// <summary>This scope with one more variable.</summary>
    public EvaluationScope With(string name, BsonValue? value) => this with { Variables = Variables.With(name, value) };
}
