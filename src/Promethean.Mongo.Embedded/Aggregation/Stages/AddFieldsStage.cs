using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query.Projections;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$addFields</c> and <c>$set</c>: a nested document adds to what is there, an expression replaces it.</summary>
internal sealed class AddFieldsStage(ProjectionNode fields) : Stage
{
    public static AddFieldsStage Parse(string name, BsonValue value, ParseScope scope)
    {
        if (value is not BsonDocument { ElementCount: > 0 } document)
        {
            throw MongoCommandFailedException.Location(40177, $"Invalid {name} :: caused by :: specification must be a non-empty object");
        }

        var paths = new List<string>();
        var root = new ProjectionNode(isInclusion: false);
        Add(root, document, string.Empty, paths, scope);
        return new AddFieldsStage(root);
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        foreach (var document in input) yield return fields.Apply(document, new EvaluationScope(document, context.Variables));
    }

    private static void Add(ProjectionNode node, BsonDocument level, string prefix, List<string> paths, ParseScope scope)
    {
        foreach (var element in level)
        {
            var parts = ExpressionParser.ParsePath(element.Name);
            var target = node;
            foreach (var part in parts[..^1]) target = target.Child(part);
            var path = prefix + element.Name;
            if (element.Value is BsonDocument { ElementCount: > 0 } inner && !inner.GetElement(0).Name.StartsWith('$'))
            {
                Add(target.Child(parts[^1]), inner, path + ".", paths, scope.Deeper());
                continue;
            }

            foreach (var other in paths)
            {
                if (other == path || other.StartsWith(path + ".", StringComparison.Ordinal) || path.StartsWith(other + ".", StringComparison.Ordinal))
                {
                    throw MongoCommandFailedException.Location(31250, $"Path collision at {path}");
                }
            }

            paths.Add(path);
            target.AddComputed(parts[^1], Expression.Parse(element.Value, scope));
        }
    }
}
