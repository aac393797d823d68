using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Keywords;

internal sealed class UnevaluatedPropertiesKeyword(Subschema schema) : Keyword("unevaluatedProperties")
{
    public override bool Evaluate(ref Evaluation run, int at)
    {
        ref readonly var slot = ref run.Instance.Slots[at];
        if (slot.Kind != TokenKind.Object) return true;
        var valid = true;
        for (var name = at + 1; name < slot.End; name = run.Instance.Slots[name + 1].End)
        {
            var value = name + 1;
            if (run.Instance.Slots[name].Shadowed || run.Noted(value)) continue;
            run.Note(value);
            if (schema.Node.Never && run.Collecting) valid = run.Fail(this, value, "is not a known member here");
            else if (!schema.Evaluate(ref run, value)) valid = false;
            if (!valid && !run.Collecting) return false;
        }

        return valid;
    }
}
