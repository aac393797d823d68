using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>The arguments of an operator that takes them by name; unknown names and missing ones are refused.</summary>
internal sealed class NamedArguments
{
    private readonly BsonDocument _arguments;

    public NamedArguments(string name, BsonValue value, string[] required, string[] optional)
    {
        _arguments = value as BsonDocument
            ?? throw MongoCommandFailedException.FailedToParse($"{name} only supports an object as its argument, not {BsonTypeNames.Of(value.BsonType)}");
        foreach (var argument in _arguments.Names)
        {
            if (!required.Contains(argument) && !optional.Contains(argument))
            {
                throw MongoCommandFailedException.FailedToParse($"Unrecognized parameter to {name}: {argument}");
            }
        }

        foreach (var argument in required)
        {
            if (!_arguments.Contains(argument)) throw MongoCommandFailedException.FailedToParse($"Missing '{argument}' parameter to {name}");
        }
    }

    /// <summary>An argument as it was written, or null.</summary>
    public BsonValue? this[string name] => _arguments.TryGetValue(name, out var value) ? value : null;

    /// <summary>An argument that must be a constant string.</summary>
    public string Text(string name, string otherwise) => this[name] switch
    {
        null => otherwise,
        BsonString text => text.Value,
        { } other => throw MongoCommandFailedException.FailedToParse($"'{name}' must be a string, but was {BsonTypeNames.Of(other.BsonType)}"),
    };

    /// <summary>An argument as an expression, or null if it was left out.</summary>
    public Expression? Parse(string name, ParseScope scope) => this[name] is { } value ? ExpressionParser.Parse(value, scope) : null;

    /// <summary>A required argument as an expression.</summary>
    public Expression ParseRequired(string name, ParseScope scope) => ExpressionParser.Parse(_arguments[name], scope);
}
