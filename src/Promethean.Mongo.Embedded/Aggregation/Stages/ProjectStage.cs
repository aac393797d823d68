using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$project</c> and <c>$unset</c>.</summary>
internal sealed class ProjectStage(Projection projection) : Stage
{
    public static ProjectStage Parse(BsonValue value, ParseScope scope) => value is BsonDocument document
        ? new ProjectStage(Projection.ParseStage(document, scope))
        : throw MongoCommandFailedException.Location(15969, "$project specification must be an object");

    public static ProjectStage ParseUnset(BsonValue value, ParseScope scope)
    {
        var specification = new BsonDocument();
        foreach (var item in value is BsonArray several ? several : [value])
        {
            if (item is not BsonString { Value.Length: > 0 } name)
            {
                throw MongoCommandFailedException.Location(31002, "$unset specification must be a string or an array containing only string values");
            }

            specification[FieldName.Check(name.Value)] = 0;
        }

        return specification.ElementCount > 0
            ? new ProjectStage(Projection.ParseStage(specification, scope))
            : throw MongoCommandFailedException.Location(31119, "$unset specification must be a string or an array with at least one field");
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        foreach (var document in input) yield return projection.Apply(document, null, context.Variables);
    }
}
