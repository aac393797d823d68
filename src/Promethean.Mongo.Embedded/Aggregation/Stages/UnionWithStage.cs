using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$unionWith</c>: the documents of another collection after those of the input.</summary>
internal sealed class UnionWithStage(string? collection, Pipeline? pipeline) : Stage
{
    public override IEnumerable<string> OtherCollections => [.. collection is null ? [] : (string[])[collection], .. pipeline?.OtherCollections ?? []];

    public static UnionWithStage Parse(BsonValue value, ParseScope scope)
    {
        if (value is BsonString name) return new UnionWithStage(name.Value, null);
        var arguments = new StageArguments("$unionWith", value, "coll", "pipeline");
        var pipeline = arguments.Pipeline("pipeline", scope);
        return new UnionWithStage(arguments["coll"] is null && pipeline?.StartsItself == true ? null : arguments.Text("coll"), pipeline);
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        foreach (var document in input) yield return document;
        var others = collection is null ? [] : context.ReadCollection(collection);
        foreach (var document in pipeline?.Run(others, context) ?? others) yield return document;
    }
}
