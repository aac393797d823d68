using System.Text;
using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Keywords;

internal sealed class DependentSchemasKeyword(IReadOnlyList<string> names, Subschema[] schemas) : Keyword("dependentSchemas")
{
    private readonly byte[][] names = [.. names.Select(Encoding.UTF8.GetBytes)];

    public override bool Evaluate(ref Evaluation run, int at)
    {
        if (run.Instance.Slots[at].Kind != TokenKind.Object) return true;
        var valid = true;
        for (var i = 0; i < names.Length; i++)
        {
            if (run.Instance.Member(at, names[i]) == 0 || schemas[i].Evaluate(ref run, at)) continue;
            valid = false;
            if (!run.Collecting) return false;
        }

        return valid;
    }
}
