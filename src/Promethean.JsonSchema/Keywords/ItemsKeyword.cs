using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Keywords;

/// <summary>prefixItems, and items for those that come after.</summary>
internal sealed class ItemsKeyword(Subschema[] prefix, Subschema? rest) : Keyword(prefix.Length > 0 ? "prefixItems" : "items")
{
    public override bool Evaluate(ref Evaluation run, int at)
    {
        ref readonly var slot = ref run.Instance.Slots[at];
        if (slot.Kind != TokenKind.Array) return true;
        var valid = true;
        var index = 0;
        for (var item = at + 1; item < slot.End; item = run.Instance.Slots[item].End, index++)
        {
            var schema = index < prefix.Length ? prefix[index] : rest;
            if (schema is null) break;
            run.Note(item);
            if (schema.Evaluate(ref run, item)) continue;
            valid = false;
            if (!run.Collecting) return false;
        }

        return valid;
    }
}
