using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$documents</c>: the documents an expression makes.</summary>
internal sealed class DocumentsStage(Expression documents) : Stage
{
    public override bool IsSource => true;

    public static DocumentsStage Parse(BsonValue value, ParseScope scope) => new(Expression.Parse(value, scope));

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        if (documents.Evaluate(new EvaluationScope([], context.Variables)) is not BsonArray array)
        {
            throw MongoCommandFailedException.Location(5858203, "an array is expected in the $documents stage");
        }

        foreach (var item in array)
        {
            yield return item as BsonDocument ?? throw MongoCommandFailedException.Location(40228, $"$documents needs an array of objects, but it has {item}");
        }
    }
}
