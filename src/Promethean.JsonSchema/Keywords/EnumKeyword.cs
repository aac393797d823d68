using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Keywords;

/// <summary>enum, and const, which is an enum of one.</summary>
internal sealed class EnumKeyword(string name, Literal[] values) : Keyword(name)
{
    // An alternative with another constant is hardly the one that was meant.
    private const int Telling = 16;
    private const int Shown = 20;

    public override bool Evaluate(ref Evaluation run, int at)
    {
        foreach (var value in values)
        {
            if (value.Equals(run.Instance, at)) return true;
        }

        if (!run.Collecting) return false;
        var wanted = Words.List(values.Take(Shown).Select(value => value.Shown)) + (values.Length > Shown ? ", …" : "");
        return run.Fail(this, at, $"is {Words.Value(run.Instance, at)}, but must be {(values.Length == 1 ? "" : "one of ")}{wanted}", Telling);
    }
}
