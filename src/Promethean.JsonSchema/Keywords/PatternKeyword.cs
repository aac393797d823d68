using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;
using Promethean.JsonSchema.Patterns;

namespace Promethean.JsonSchema.Keywords;

internal sealed class PatternKeyword(Pattern pattern) : Keyword("pattern")
{
    public override bool Evaluate(ref Evaluation run, int at)
    {
        if (run.Instance.Slots[at].Kind != TokenKind.String || pattern.IsMatch(run.Instance.Text(at))) return true;
        return run.Collecting && run.Fail(this, at, $"is {Words.Value(run.Instance, at)}, which does not match {pattern.Source}");
    }
}
