using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary>The fields of a stage that takes them by name; unknown ones are refused.</summary>
internal sealed class StageArguments
{
    private readonly string _stage;
    private readonly BsonDocument _fields;

    public StageArguments(string stage, BsonValue value, params string[] known)
    {
        _stage = stage;
        _fields = Document(stage, value);
        foreach (var name in _fields.Names)
        {
            if (!known.Contains(name)) throw MongoCommandFailedException.FailedToParse($"unknown argument to {stage}: {name}");
        }
    }

    /// <summary>A field, or null if it was left out.</summary>
    public BsonValue? this[string name] => _fields.TryGetValue(name, out var value) ? value : null;

    /// <summary>The argument of a stage as the document it must be.</summary>
    public static BsonDocument Document(string stage, BsonValue value) => value as BsonDocument
        ?? throw MongoCommandFailedException.FailedToParse($"the {stage} stage specification must be an object, but found {BsonTypeNames.Of(value.BsonType)}");

    /// <summary>A field that must be there.</summary>
    public BsonValue Required(string name) => this[name] ?? throw MongoCommandFailedException.FailedToParse($"{_stage} requires '{name}'");

    /// <summary>A field that must be a string.</summary>
    public string Text(string name) => Required(name) is BsonString text
        ? text.Value
        : throw MongoCommandFailedException.FailedToParse($"{_stage} argument '{name}' must be a string, but was {BsonTypeNames.Of(Required(name).BsonType)}");

    /// <summary>A field that is a list of strings; empty if it was left out.</summary>
    public string[] Texts(string name) => this[name] switch
    {
        null => [],
        BsonArray items when items.All(item => item is BsonString) => [.. items.Select(item => item.AsString)],
        _ => throw MongoCommandFailedException.TypeMismatch($"{_stage} argument '{name}' must be an array of strings"),
    };

    /// <summary>A field that is a pipeline, or null.</summary>
    public Pipeline? Pipeline(string name, ParseScope scope) => this[name] switch
    {
        null => null,
        BsonArray stages => Inner(stages, scope),
        _ => throw MongoCommandFailedException.TypeMismatch($"{_stage} argument '{name}' must be an array"),
    };

    private Pipeline Inner(BsonArray stages, ParseScope scope)
    {
        var pipeline = Aggregation.Pipeline.Parse(stages, scope);
        return pipeline.Output is { } output
            ? throw MongoCommandFailedException.Location(51047, $"{output.Name} is not allowed within a {_stage}'s sub-pipeline")
            : pipeline;
    }
}
