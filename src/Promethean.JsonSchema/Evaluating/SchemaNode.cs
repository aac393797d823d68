using Promethean.JsonSchema.Compilation;

namespace Promethean.JsonSchema.Evaluating;

/// <summary>A compiled schema. It is filled once by the compiler and only read afterwards.</summary>
internal sealed class SchemaNode(SchemaResource resource, string location)
{
    public SchemaResource Resource { get; } = resource;

    /// <summary>The resource's URI and a pointer within it.</summary>
    public string Location { get; } = location;

    public Keyword[] Keywords { get; set; } = [];

    /// <summary>The schemas that this one always applies to the same value; going round in them would never end.</summary>
    public List<SchemaNode> Always { get; } = [];

    /// <summary>The schema <c>false</c>.</summary>
    public bool Never { get; set; }

    /// <summary>It has unevaluatedItems or unevaluatedProperties, so what its other keywords evaluate is noted.</summary>
    public bool Notes { get; set; }

    /// <summary>What the schema's author says of the value; errors repeat it.</summary>
    public string? Description { get; set; }

    public bool Evaluate(ref Evaluation run, int at)
    {
        if (Never) return run.Collecting && run.Fail(this, "", at, "must not be there: the schema allows no value here");
        if (Keywords.Length == 0) return true;
        if (!run.Enter(this, at, out var entered)) return false;
        var valid = true;
        foreach (var keyword in Keywords)
        {
            run.Node = this;
            if (keyword.Evaluate(ref run, at)) continue;
            valid = false;
            if (!run.Collecting) break;
        }

        run.Leave(this, entered);
        return valid;
    }
}
