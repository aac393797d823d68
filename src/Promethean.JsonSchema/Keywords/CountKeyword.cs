using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Keywords;

/// <summary>minItems, maxItems, minProperties, maxProperties.</summary>
internal sealed class CountKeyword(string name, TokenKind kind, bool lower, long limit) : Keyword(name)
{
    public override bool Evaluate(ref Evaluation run, int at)
    {
        ref readonly var slot = ref run.Instance.Slots[at];
        if (slot.Kind != kind || (lower ? slot.Length >= limit : slot.Length <= limit)) return true;
        return run.Collecting && run.Fail(this, at, $"is {Words.Value(run.Instance, at)}, but must have at {(lower ? "least" : "most")} {limit}");
    }
}
