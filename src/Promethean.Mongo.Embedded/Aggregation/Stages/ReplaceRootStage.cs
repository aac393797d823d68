using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$replaceRoot</c> and <c>$replaceWith</c>.</summary>
internal sealed class ReplaceRootStage(Expression root) : Stage
{
    public static ReplaceRootStage Parse(BsonValue value, ParseScope scope) =>
        new(Expression.Parse(new StageArguments("$replaceRoot", value, "newRoot").Required("newRoot"), scope));

    public static ReplaceRootStage ParseWith(BsonValue value, ParseScope scope) => new(Expression.Parse(value, scope));

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        foreach (var document in input)
        {
            var value = root.Evaluate(new EvaluationScope(document, context.Variables));
            yield return value as BsonDocument ?? throw MongoCommandFailedException.Location(
                40228, $"'newRoot' expression must evaluate to an object, but resulting value was: {value ?? "MISSING"}. Type of resulting value: '{Operand.TypeOf(value)}'");
        }
    }
}
