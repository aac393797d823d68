using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$sample</c>: so many documents, each equally likely (reservoir sampling), in random order.</summary>
internal sealed class SampleStage(int size) : Stage
{
    public static SampleStage Parse(BsonValue value, ParseScope scope)
    {
        var arguments = new StageArguments("$sample", value, "size");
        if (!Numbers.TryTruncate(arguments.Required("size"), out var size)) throw MongoCommandFailedException.Location(28746, "size argument to $sample must be a number");
        return size > 0
            ? new SampleStage((int)Math.Min(size, int.MaxValue))
            : throw MongoCommandFailedException.Location(28747, "size argument to $sample must be a positive integer");
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        var chosen = new List<BsonDocument>();
        var seen = 0L;
        foreach (var document in input)
        {
            seen++;
            if (chosen.Count < size)
            {
                chosen.Add(document);
                continue;
            }

            var place = context.Random.NextInt64(seen);
            if (place < size) chosen[(int)place] = document;
        }

        for (var i = chosen.Count - 1; i >= 0; i--)
        {
            var other = context.Random.Next(i + 1);
            (chosen[i], chosen[other]) = (chosen[other], chosen[i]);
            yield return chosen[i];
        }
    }
}
