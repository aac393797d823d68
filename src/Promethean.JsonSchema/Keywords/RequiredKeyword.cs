using System.Text;
using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Keywords;

internal sealed class RequiredKeyword(IReadOnlyList<string> names) : Keyword("required")
{
    // An alternative is told by the members it requires.
    private const int Telling = 4;

    private readonly byte[][] wanted = [.. names.Select(Encoding.UTF8.GetBytes)];

    public override bool Evaluate(ref Evaluation run, int at)
    {
        if (run.Instance.Slots[at].Kind != TokenKind.Object) return true;
        var valid = true;
        foreach (var name in wanted)
        {
            if (run.Instance.Member(at, name) != 0) continue;
            if (!run.Collecting) return false;
            valid = run.Fail(this, at, $"lacks the member {Words.Quoted(name)}", Telling);
        }

        return valid;
    }
}
