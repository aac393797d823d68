using Promethean.JsonSchema.Evaluating;

namespace Promethean.JsonSchema.Keywords;

internal sealed class AllOfKeyword(Subschema[] schemas) : Keyword("allOf")
{
    public override bool Evaluate(ref Evaluation run, int at)
    {
        var valid = true;
        foreach (var schema in schemas)
        {
            if (schema.Evaluate(ref run, at)) continue;
            valid = false;
            if (!run.Collecting) return false;
        }

        return valid;
    }
}
