using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Accumulators;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$bucket</c>: groups by ranges, each with its lower boundary as <c>_id</c>, in ascending order.</summary>
internal sealed class BucketStage(Expression groupBy, BsonValue[] boundaries, BsonValue? otherwise, AccumulatorField[] output) : Stage
{
    private static readonly BsonDocument DefaultOutput = new("count", new BsonDocument("$sum", 1));

    public static BucketStage Parse(BsonValue value, ParseScope scope)
    {
        var arguments = new StageArguments("$bucket", value, "groupBy", "boundaries", "default", "output");
        if (arguments.Required("boundaries") is not BsonArray { Count: >= 2 } boundaries)
        {
            throw MongoCommandFailedException.Location(40192, "The $bucket 'boundaries' field must be an array with at least 2 values");
        }

        // Boundaries may be constant expressions.
        var values = boundaries.Select(boundary => Expression.Parse(boundary, scope).Evaluate([]) ?? BsonNull.Value).ToArray();
        for (var i = 1; i < values.Length; i++)
        {
            if (BsonTypeRank.Of(values[i].BsonType) != BsonTypeRank.Of(values[0].BsonType))
            {
                throw MongoCommandFailedException.Location(40193, "All values in the 'boundaries' option to $bucket must have the same type");
            }

            if (BsonOrder.Compare(values[i - 1], values[i]) >= 0)
            {
                throw MongoCommandFailedException.Location(40194, "The 'boundaries' option to $bucket must be sorted");
            }
        }

        var otherwise = arguments["default"] is { } fallback ? Expression.Parse(fallback, scope).Evaluate([]) : null;
        if (otherwise is not null && BsonOrder.Compare(otherwise, values[0]) >= 0 && BsonOrder.Compare(otherwise, values[^1]) < 0)
        {
            throw MongoCommandFailedException.Location(40199, "The $bucket 'default' field must be less than the lowest boundary or greater than or equal to the highest boundary.");
        }

        var output = StageArguments.Document("$bucket output", arguments["output"] ?? DefaultOutput);
        return new BucketStage(
            Expression.Parse(arguments.Required("groupBy"), scope), values, otherwise, [.. output.Select(field => AccumulatorField.Parse(field, scope))]);
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        var grouped = new GroupStage(new BucketExpression(groupBy, boundaries, otherwise), output).Run(input, context);
        return SortOrder.Sort(grouped);
    }

    private static readonly Query.SortOrder SortOrder = Query.SortOrder.Parse(new BsonDocument("_id", 1));
}
