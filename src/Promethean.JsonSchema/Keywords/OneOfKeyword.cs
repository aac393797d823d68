using Promethean.JsonSchema.Evaluating;

namespace Promethean.JsonSchema.Keywords;

internal sealed class OneOfKeyword(Subschema[] schemas) : Keyword("oneOf")
{
    public override bool Evaluate(ref Evaluation run, int at)
    {
        var first = -1;
        var errors = run.Collecting ? new ErrorList?[schemas.Length] : null;
        for (var i = 0; i < schemas.Length; i++)
        {
            var valid = errors is null ? run.Try(schemas[i], at) : (errors[i] = run.Collect(schemas[i], at)) is null;
            if (!valid) continue;
            if (first >= 0)
            {
                return run.Collecting && run.Fail(this, at, $"satisfies more than one alternative, {Alternatives.Title(schemas[first])} and {Alternatives.Title(schemas[i])}, but must satisfy exactly one");
            }

            first = i;
        }

        return first >= 0 || (errors is not null && Alternatives.Tell(ref run, this, at, schemas, errors));
    }
}
