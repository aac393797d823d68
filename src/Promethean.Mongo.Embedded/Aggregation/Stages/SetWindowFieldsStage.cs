using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Aggregation.Windows;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$setWindowFields</c>: fields computed of each document's neighbours in its part of a sorted input.</summary>
internal sealed class SetWindowFieldsStage(Expression? partitionBy, SortOrder? order, KeyValuePair<string[], WindowFunction>[] output) : Stage
{
    public static SetWindowFieldsStage Parse(BsonValue value, ParseScope scope)
    {
        var arguments = new StageArguments("$setWindowFields", value, "partitionBy", "sortBy", "output");
        var order = arguments["sortBy"] is { } sort ? SortOrder.Parse(StageArguments.Document("$setWindowFields sortBy", sort)) : null;
        var output = StageArguments.Document("$setWindowFields output", arguments.Required("output"));
        return new SetWindowFieldsStage(
            arguments["partitionBy"] is { } part ? Expression.Parse(part, scope) : null,
            order,
            [.. output.Select(field => KeyValuePair.Create(ExpressionParser.ParsePath(field.Name), WindowParser.Parse(field, order, scope)))]);
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        var partitions = new Dictionary<BsonValue, List<BsonDocument>>(BsonOrder.Instance);
        foreach (var document in input)
        {
            var key = partitionBy?.Evaluate(new EvaluationScope(document, context.Variables)) ?? BsonNull.Value;
            if (key is BsonArray) throw MongoCommandFailedException.TypeMismatch("An expression used to partition cannot evaluate to value of type array");
            if (!partitions.TryGetValue(key, out var documents)) partitions.Add(key, documents = []);
            documents.Add(document);
        }

        foreach (var (_, documents) in partitions.OrderBy(part => part.Key, BsonOrder.Instance))
        {
            var partition = new WindowPartition(order?.Sort(documents) ?? documents, order, context.Variables);
            var computed = Array.ConvertAll(output, field => field.Value.Compute(partition));
            for (var i = 0; i < partition.Documents.Count; i++)
            {
                var result = partition.Documents[i];
                for (var field = 0; field < output.Length; field++) result = DocumentPath.With(result, output[field].Key, 0, computed[field][i]);
                yield return result;
            }
        }
    }
}
