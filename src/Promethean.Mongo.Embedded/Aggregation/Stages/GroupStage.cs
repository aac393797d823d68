using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Accumulators;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$group</c>; groups come in the order in which they were first met.</summary>
internal sealed class GroupStage(Expression id, AccumulatorField[] fields) : Stage
{
    public static GroupStage Parse(BsonValue value, ParseScope scope)
    {
        if (value is not BsonDocument document) throw MongoCommandFailedException.Location(15947, "a group's fields must be specified in an object");
        if (!document.TryGetValue("_id", out var id)) throw MongoCommandFailedException.Location(15955, "a group specification must include an _id");
        var fields = document.Where(field => field.Name != "_id").Select(field => AccumulatorField.Parse(field, scope));
        return new GroupStage(Expression.Parse(id, scope), [.. fields]);
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        var groups = new Dictionary<BsonValue, Accumulator[]>(BsonOrder.Instance);
        foreach (var document in input)
        {
            var scope = new EvaluationScope(document, context.Variables);
            var key = id.Evaluate(scope) ?? BsonNull.Value;
            if (!groups.TryGetValue(key, out var accumulators))
            {
                accumulators = Array.ConvertAll(fields, field => field.Recipe.Create(field.Recipe.Size?.Evaluate(key as BsonDocument ?? [], context.Variables)));
                groups.Add(key, accumulators);
            }

            for (var i = 0; i < fields.Length; i++) accumulators[i].Add(fields[i].Recipe.Value.Evaluate(scope));
        }

        foreach (var (key, accumulators) in groups)
        {
            var result = new BsonDocument("_id", key);
            for (var i = 0; i < fields.Length; i++)
            {
                if (accumulators[i].Result is { } gathered) result[fields[i].Name] = gathered;
            }

            yield return result;
        }
    }
}
