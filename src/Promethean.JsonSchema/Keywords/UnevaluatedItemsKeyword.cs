using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Keywords;

internal sealed class UnevaluatedItemsKeyword(Subschema schema) : Keyword("unevaluatedItems")
{
    public override bool Evaluate(ref Evaluation run, int at)
    {
        ref readonly var slot = ref run.Instance.Slots[at];
        if (slot.Kind != TokenKind.Array) return true;
        var valid = true;
        for (var item = at + 1; item < slot.End; item = run.Instance.Slots[item].End)
        {
            if (run.Noted(item)) continue;
            run.Note(item);
            if (schema.Evaluate(ref run, item)) continue;
            valid = false;
            if (!run.Collecting) return false;
        }

        return valid;
    }
}
