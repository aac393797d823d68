using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation;

/// <summary>Where an expression stands while it is read: which variables it may name, and how deep it is nested. Immutable.</summary>
internal sealed class ParseScope
{
    /// <summary>MongoDB's limits on nested BSON and on pipelines within pipelines, in one.</summary>
    private const int MaxDepth = 200;

    /// <summary>MongoDB's limit on pipelines within pipelines: each may run once for every document of the one around it.</summary>
    private const int MaxSubPipelines = 20;

    private readonly Variables? _given;
    private readonly ParseScope? _outer;
    private readonly string? _name;
    private readonly int _depth;
    private readonly int _pipelines;

    private ParseScope(Variables? given, ParseScope? outer, string? name, int depth, int pipelines)
    {
        _pipelines = pipelines;
        _given = given;
        _outer = outer;
        _name = name;
        _depth = depth;
    }

    /// <summary>The outermost scope, in which <paramref name="variables"/> are defined.</summary>
    public static ParseScope Of(Variables variables) => new(variables, null, null, 0, 0);

    /// <summary>Whether a variable may be named here.</summary>
    public bool Defines(string name)
    {
        for (var scope = this; scope is not null; scope = scope._outer)
        {
            if (string.Equals(scope._name, name, StringComparison.Ordinal) || scope._given?.Defines(name) == true) return true;
        }

        return false;
    }

    /// <summary>This scope and a variable that the user has named.</summary>
    /// <exception cref="MongoCommandFailedException">Code 16867 or 9: not a name for a variable.</exception>
    public ParseScope With(string name)
    {
        var isValid = name.Length > 0 && (char.IsAsciiLetterLower(name[0]) || name[0] > 127)
            && name.All(unit => char.IsAsciiLetterOrDigit(unit) || unit == '_' || unit > 127);
        if (!isValid)
        {
            throw MongoCommandFailedException.FailedToParse($"'{name}' starts with an invalid character for a user variable name");
        }

        return new(null, this, name, _depth, _pipelines);
    }

    /// <summary>This scope and a variable of the system, whose name no user may choose.</summary>
    public ParseScope WithSystem(string name) => new(null, this, name, _depth, _pipelines);

    /// <summary>This scope one level further in.</summary>
    /// <exception cref="MongoCommandFailedException">Code 15: nested too deep.</exception>
    public ParseScope Deeper() => _depth < MaxDepth
        ? new(null, this, null, _depth + 1, _pipelines)
        : throw new MongoCommandFailedException(MongoErrorCode.Overflow, $"Expression or pipeline exceeded the nesting limit of {MaxDepth}");

    /// <summary>The scope of a pipeline that stands here.</summary>
    /// <exception cref="MongoCommandFailedException">Code 232: too many pipelines around it.</exception>
    public ParseScope OfPipeline() => _pipelines <= MaxSubPipelines
        ? new(null, this, null, _depth, _pipelines + 1)
        : throw new MongoCommandFailedException(232, "MaxSubPipelineDepthExceeded", $"Maximum number of nested sub-pipelines exceeded. Limit is {MaxSubPipelines}");
}
