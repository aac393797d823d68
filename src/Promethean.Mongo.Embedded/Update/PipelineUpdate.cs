using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update;

/// <summary>An update by pipeline ("Updates with Aggregation Pipeline" in the manual), of the stages that make one document of one.</summary>
internal sealed class PipelineUpdate : UpdateOperation
{
    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        "$addFields", "$set", "$project", "$unset", "$replaceRoot", "$replaceWith",
    };

    private readonly Pipeline _pipeline;

    public PipelineUpdate(BsonArray stages, Variables variables)
    {
        foreach (var stage in stages.OfType<BsonDocument>())
        {
            var name = stage.Names.FirstOrDefault() ?? string.Empty;
            if (Aggregation.Stages.StageTable.Names.Contains(name) && !Allowed.Contains(name))
            {
                throw new MongoCommandFailedException(MongoErrorCode.InvalidOptions, $"{name} is not allowed to be used within an update");
            }
        }

        _pipeline = Pipeline.Parse(stages, variables);
    }

    protected override BsonDocument Change(BsonDocument source, UpdateContext context)
    {
        var run = new PipelineContext(context.Variables, _ => [], new Random(0));
        var result = _pipeline.Run([source], run).Single();
        if (source.TryGetValue("_id", out var id) && !result.Contains("_id")) result = BsonCopy.Empty().Add("_id", id).AddRange(result);
        return BsonIdentity.AreIdentical(result, source) ? source : result;
    }
}
