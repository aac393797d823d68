using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Keywords;

/// <summary>contains, with minContains and maxContains.</summary>
internal sealed class ContainsKeyword(Subschema schema, long min, long max, bool minGiven) : Keyword("contains")
{
    public override bool Evaluate(ref Evaluation run, int at)
    {
        ref readonly var slot = ref run.Instance.Slots[at];
        if (slot.Kind != TokenKind.Array) return true;
        var found = 0L;
        for (var item = at + 1; item < slot.End; item = run.Instance.Slots[item].End)
        {
            if (!run.Try(schema, item)) continue;
            run.Note(item);
            found++;
            if (found > max) break;
            if (found >= min && max == long.MaxValue && !run.Noting) return true;
        }

        if (found >= min && found <= max) return true;
        if (!run.Collecting) return false;
        var (keyword, wanted) = found > max ? ("maxContains", $"at most {max}") : (minGiven ? "minContains" : "contains", $"at least {min}");
        return run.Fail(run.Node!, keyword, at, $"has {(found > max ? "more than that" : found)} of its {Words.Count(slot.Length, "item")} satisfying 'contains', but must have {wanted}");
    }
}
