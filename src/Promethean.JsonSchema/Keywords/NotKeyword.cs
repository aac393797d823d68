using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Keywords;

internal sealed class NotKeyword(Subschema schema) : Keyword("not")
{
    // What must not be is as telling as a constant.
    private const int Telling = 16;

    public override bool Evaluate(ref Evaluation run, int at)
    {
        var notes = run.Scratch.Notes;
        var valid = run.Try(schema, at);
        run.Scratch.ForgetTo(notes);
        return !valid || (run.Collecting && run.Fail(this, at, $"is {Words.Value(run.Instance, at)}, which is excluded by 'not'", Telling));
    }
}
