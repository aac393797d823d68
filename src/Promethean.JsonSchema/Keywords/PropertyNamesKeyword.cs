using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Keywords;

internal sealed class PropertyNamesKeyword(Subschema schema) : Keyword("propertyNames")
{
    public override bool Evaluate(ref Evaluation run, int at)
    {
        ref readonly var slot = ref run.Instance.Slots[at];
        if (slot.Kind != TokenKind.Object) return true;
        var valid = true;
        for (var name = at + 1; name < slot.End; name = run.Instance.Slots[name + 1].End)
        {
            if (run.Instance.Slots[name].Shadowed) continue;
            if (!run.Collecting)
            {
                if (!schema.Evaluate(ref run, name)) return false;
            }
            else if (run.Collect(schema, name) is { } errors)
            {
                var reason = errors.Errors.Count > 0 ? errors.Errors[0].Root.Message : "is not allowed";
                valid = run.Fail(this, name, $"has a name that {reason}");
            }
        }

        return valid;
    }
}
