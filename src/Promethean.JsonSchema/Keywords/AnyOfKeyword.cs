using Promethean.JsonSchema.Evaluating;

namespace Promethean.JsonSchema.Keywords;

internal sealed class AnyOfKeyword(Subschema[] schemas) : Keyword("anyOf")
{
    public override bool Evaluate(ref Evaluation run, int at)
    {
        var any = false;
        var errors = run.Collecting ? new ErrorList?[schemas.Length] : null;
        for (var i = 0; i < schemas.Length; i++)
        {
            var valid = errors is null ? run.Try(schemas[i], at) : (errors[i] = run.Collect(schemas[i], at)) is null;
            any |= valid;
            // Where evaluated members are noted, every alternative that is satisfied adds its own.
            if (any && !run.Noting) return true;
        }

        return any || (errors is not null && Alternatives.Tell(ref run, this, at, schemas, errors));
    }
}
