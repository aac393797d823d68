using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Accumulators;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$bucketAuto</c>: so many groups of about equal size, none of which splits equal values.</summary>
internal sealed class BucketAutoStage(Expression groupBy, int buckets, AccumulatorField[] output) : Stage
{
    private static readonly BsonDocument DefaultOutput = new("count", new BsonDocument("$sum", 1));

    public static BucketAutoStage Parse(BsonValue value, ParseScope scope)
    {
        var arguments = new StageArguments("$bucketAuto", value, "groupBy", "buckets", "output", "granularity");
        if (arguments["granularity"] is not null)
        {
            throw new MongoCommandFailedException(MongoErrorCode.CommandNotSupported, "This server does not round the boundaries of $bucketAuto to a granularity");
        }

        if (!Numbers.TryToInt32(arguments.Required("buckets"), out var buckets))
        {
            throw MongoCommandFailedException.Location(40241, $"The $bucketAuto 'buckets' field must be representable as a 32-bit integer, but found {arguments["buckets"]}");
        }

        if (buckets < 1) throw MongoCommandFailedException.Location(40243, $"The $bucketAuto 'buckets' field must be greater than 0, but found: {buckets}");
        var output = StageArguments.Document("$bucketAuto output", arguments["output"] ?? DefaultOutput);
        return new BucketAutoStage(Expression.Parse(arguments.Required("groupBy"), scope), buckets, [.. output.Select(field => AccumulatorField.Parse(field, scope))]);
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        var sorted = input
            .Select(document => (Key: groupBy.Evaluate(new EvaluationScope(document, context.Variables)) ?? BsonNull.Value, Document: document))
            .OrderBy(item => item.Key, BsonOrder.Instance)
            .ToList();
        var size = Math.Max(1, (int)Math.Round((double)sorted.Count / buckets, MidpointRounding.AwayFromZero));
        var start = 0;
        for (var bucket = 1; start < sorted.Count; bucket++)
        {
            var end = bucket == buckets ? sorted.Count : Math.Min(sorted.Count, start + size);
            while (end < sorted.Count && BsonOrder.AreEqual(sorted[end - 1].Key, sorted[end].Key)) end++;
            var bounds = new BsonDocument { { "min", sorted[start].Key }, { "max", sorted[Math.Min(end, sorted.Count - 1)].Key } };
            yield return Gather(bounds, sorted.GetRange(start, end - start).Select(item => item.Document), context);
            start = end;
        }
    }

    private BsonDocument Gather(BsonDocument bounds, IEnumerable<BsonDocument> documents, PipelineContext context) =>
        new GroupStage(new Expressions.ConstantExpression(bounds), output).Run(documents, context).Single();
}
