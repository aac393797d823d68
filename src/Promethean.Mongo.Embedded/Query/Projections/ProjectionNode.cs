using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query.Projections;

/// <summary>
/// One level of a projection: what happens to each named field. Arrays are projected element by element. The same tree, keeping
/// all fields it does not name, is <c>$addFields</c>.
/// </summary>
internal sealed class ProjectionNode(bool isInclusion)
{
    private readonly Dictionary<string, ProjectionNode?> _fields = new(StringComparer.Ordinal);
    // Computed fields and the levels below in the order they were named, in which new fields appear.
    private readonly List<(string Name, Expression? Value, ProjectionNode? Child)> _additions = [];

    /// <summary>Whether fields that are not named are dropped.</summary>
    public bool IsInclusion => isInclusion;

    /// <summary>Includes or, in an exclusion, drops a field.</summary>
    public void AddLeaf(string name) => _fields.Add(name, null);

    /// <summary>The level below a field, made if needed.</summary>
    public ProjectionNode Child(string name)
    {
        if (_fields.TryGetValue(name, out var child) && child is not null) return child;
        child = new ProjectionNode(isInclusion);
        _fields.Add(name, child);
        _additions.Add((name, null, child));
        return child;
    }

    /// <summary>Sets a field to the value of an expression.</summary>
    public void AddComputed(string name, Expression expression) => _additions.Add((name, expression, null));

    /// <summary>Projects a document.</summary>
    public BsonDocument Apply(BsonDocument document, EvaluationScope scope)
    {
        var result = BsonCopy.Empty();
        foreach (var element in document)
        {
            if (!_fields.TryGetValue(element.Name, out var child))
            {
                if (!isInclusion) result.Add(element.Name, element.Value);
            }
            else if (child is null)
            {
                if (isInclusion) result.Add(element.Name, element.Value);
            }
            else if (child.ApplyTo(element.Value, scope) is { } projected)
            {
                result.Add(element.Name, projected);
            }
        }

        AddComputedFields(result, scope);
        return result;
    }

    private bool Computes => _additions.Exists(addition => addition.Value is not null || addition.Child!.Computes);

    private void AddComputedFields(BsonDocument result, EvaluationScope scope)
    {
        foreach (var (name, expression, child) in _additions)
        {
            if (child is not null)
            {
                if (child.Computes && !result.Contains(name)) result[name] = child.Apply([], scope);
            }
            else if (expression!.Evaluate(scope) is { } value)
            {
                result[name] = value;
            }
            else
            {
                result.Remove(name);
            }
        }
    }

    // Null if nothing of the value remains.
    private BsonValue? ApplyTo(BsonValue value, EvaluationScope scope)
    {
        switch (value)
        {
            case BsonDocument document:
                return Apply(document, scope);
            case BsonArray array:
                var result = new BsonArray();
                foreach (var item in array)
                {
                    if (ApplyTo(item, scope) is { } projected) result.Add(projected);
                }

                return result;
            default:
                if (Computes) return Apply([], scope);
                return isInclusion ? null : value;
        }
    }
}
