using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$facet</c>: several pipelines over the same documents, their results in one.</summary>
internal sealed class FacetStage(KeyValuePair<string, Pipeline>[] facets) : Stage
{
    public override IEnumerable<string> OtherCollections => facets.SelectMany(facet => facet.Value.OtherCollections);

    public static FacetStage Parse(BsonValue value, ParseScope scope)
    {
        if (value is not BsonDocument { ElementCount: > 0 } document)
        {
            throw MongoCommandFailedException.Location(40169, "the $facet specification must be a non-empty object");
        }

        var facets = document.Select(facet =>
        {
            if (facet.Value is not BsonArray stages) throw MongoCommandFailedException.Location(40170, $"arguments to $facet must be arrays, {facet.Name} is not");
            if (stages.OfType<BsonDocument>().Any(stage => stage.Contains("$facet")))
            {
                throw MongoCommandFailedException.Location(40600, "$facet is not allowed to be used within a $facet stage");
            }

            var pipeline = Pipeline.Parse(stages, scope);
            if (pipeline.Output is not null || pipeline.StartsItself)
            {
                throw MongoCommandFailedException.Location(40600, $"{stages[pipeline.StartsItself ? 0 : stages.Count - 1].AsBsonDocument.GetElement(0).Name} is not allowed to be used within a $facet stage");
            }

            return new KeyValuePair<string, Pipeline>(facet.Name, pipeline);
        });
        return new FacetStage([.. facets]);
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        var documents = input.ToList();
        var result = new BsonDocument();
        foreach (var (name, pipeline) in facets) result[name] = new BsonArray(pipeline.Run(documents, context));
        yield return result;
    }
}
