using Promethean.JsonSchema.Compilation;
using Promethean.JsonSchema.Evaluating;

namespace Promethean.JsonSchema.Keywords;

/// <summary>A $dynamicRef to a $dynamicAnchor: it leads to the anchor of that name in the outermost resource gone through that has one.</summary>
internal sealed class DynamicRefKeyword(SchemaNode initial) : Keyword("$dynamicRef")
{
    private readonly Subschema initial = new(initial, "/$dynamicRef");

    /// <summary>The anchors of that name, by resource; filled by the compiler.</summary>
    public Dictionary<SchemaResource, Subschema> Targets { get; } = [];

    public override bool Evaluate(ref Evaluation run, int at)
    {
        foreach (var resource in run.Scratch.Resources)
        {
            if (Targets.TryGetValue(resource, out var target)) return target.Evaluate(ref run, at);
        }

        return initial.Evaluate(ref run, at);
    }
}
