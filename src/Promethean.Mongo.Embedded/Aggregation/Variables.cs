using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation;

/// <summary>
/// The variables an expression may read as <c>$$name</c>: those a command's <c>let</c> or an enclosing expression defines, and
/// <c>$$NOW</c>. Immutable; a null value stands for a missing one.
/// </summary>
internal sealed class Variables
{
    private readonly Variables? _outer;
    private readonly string? _name;
    private readonly BsonValue? _value;
    private readonly BsonDateTime? _now;

    private Variables(BsonDateTime? now, Variables? outer, string? name, BsonValue? value)
    {
        _now = now;
        _outer = outer;
        _name = name;
        _value = value;
    }

    /// <summary>No variables, and no <c>$$NOW</c>.</summary>
    public static Variables None { get; } = new(null, null, null, null);

    /// <summary>The instant <c>$$NOW</c> stands for, the same throughout a command.</summary>
    public BsonDateTime Now => _now ?? throw MongoCommandFailedException.Location(51144, "Builtin variable '$$NOW' is not available");

    /// <summary>Variables with <c>$$NOW</c> set to an instant.</summary>
    public static Variables At(DateTimeOffset now) => new(new BsonDateTime(now.ToUnixTimeMilliseconds()), null, null, null);

    /// <summary>These variables and one more, which hides an outer one of the same name.</summary>
    public Variables With(string name, BsonValue? value) => new(_now, this, name, value);

    /// <summary>These variables and every field of <paramref name="constants"/>.</summary>
    public Variables With(BsonDocument constants)
    {
        var all = this;
        foreach (var element in constants) all = all.With(element.Name, element.Value);
        return all;
    }

    /// <summary>
    /// The variables of a command: <c>$$NOW</c>, and those of its <c>let</c>, whose expressions may read the ones before them and no document.
    /// </summary>
    /// <exception cref="MongoCommandFailedException">A malformed name or expression.</exception>
    public static Variables Of(DateTimeOffset now, BsonDocument? let)
    {
        var all = At(now);
        var scope = ParseScope.Of(all);
        foreach (var element in let ?? [])
        {
            var value = Expression.Parse(element.Value, scope).Evaluate(new EvaluationScope([], all));
            all = all.With(element.Name, value);
            scope = scope.With(element.Name);
        }

        return all;
    }

    /// <summary>Whether a variable of that name is defined.</summary>
    public bool Defines(string name) => Find(name) is not null;

    /// <summary>The value of a variable, null if it is missing or undefined.</summary>
    public BsonValue? this[string name] => Find(name)?._value;

    private Variables? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope._outer)
        {
            if (string.Equals(scope._name, name, StringComparison.Ordinal)) return scope;
        }

        return null;
    }
}
