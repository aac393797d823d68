using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$unwind</c>: one document per element of an array; a value that is no array counts as its only element.</summary>
internal sealed class UnwindStage(string[] path, string[]? indexPath, bool preserve) : Stage
{
    public static UnwindStage Parse(BsonValue value, ParseScope scope)
    {
        if (value is BsonString) value = new BsonDocument("path", value);
        if (value is not BsonDocument) throw MongoCommandFailedException.Location(15981, "expected either a string or an object as specification for $unwind stage");
        var arguments = new StageArguments("$unwind", value, "path", "includeArrayIndex", "preserveNullAndEmptyArrays");
        if (arguments["path"] is not BsonString path) throw MongoCommandFailedException.Location(28808, "expected a string as the path for $unwind stage");
        if (!path.Value.StartsWith('$')) throw MongoCommandFailedException.Location(28818, $"path option to $unwind stage should be prefixed with a '$': {path.Value}");
        var index = arguments["includeArrayIndex"] switch
        {
            null => null,
            BsonString { Value: not ("" or ['$', ..]) } name => ExpressionParser.ParsePath(name.Value),
            _ => throw MongoCommandFailedException.Location(28810, "expected a non-empty string without a '$' prefix for the includeArrayIndex option to $unwind stage"),
        };
        var preserve = arguments["preserveNullAndEmptyArrays"] switch
        {
            null => false,
            BsonBoolean flag => flag.Value,
            _ => throw MongoCommandFailedException.Location(28809, "expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage"),
        };
        return new UnwindStage(ExpressionParser.ParsePath(path.Value[1..]), index, preserve);
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        foreach (var document in input)
        {
            var value = Find(document);
            if (value is BsonArray { Count: > 0 } array)
            {
                for (var i = 0; i < array.Count; i++) yield return With(document, array[i], i);
            }
            else if (value is not (null or BsonNull or BsonUndefined or BsonArray))
            {
                yield return With(document, value, null);
            }
            else if (preserve)
            {
                // An empty array disappears, a null stays.
                yield return With(document, value is BsonArray ? null : value, null);
            }
        }
    }

    private BsonValue? Find(BsonDocument document)
    {
        BsonValue? value = document;
        foreach (var part in path) value = value is BsonDocument inner && inner.TryGetValue(part, out var next) ? next : null;
        return value;
    }

    private BsonDocument With(BsonDocument document, BsonValue? value, long? index)
    {
        var result = DocumentPath.With(document, path, 0, value);
        return indexPath is null ? result : DocumentPath.With(result, indexPath, 0, index is { } at ? new BsonInt64(at) : BsonNull.Value);
    }
}
