using System.Text;
using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Keywords;

internal sealed class DependentRequiredKeyword(IReadOnlyList<(string Name, IReadOnlyList<string> Needed)> rules) : Keyword("dependentRequired")
{
    private readonly (byte[] Name, byte[][] Needed)[] rules =
        [.. rules.Select(rule => (Encoding.UTF8.GetBytes(rule.Name), rule.Needed.Select(Encoding.UTF8.GetBytes).ToArray()))];

    public override bool Evaluate(ref Evaluation run, int at)
    {
        if (run.Instance.Slots[at].Kind != TokenKind.Object) return true;
        var valid = true;
        foreach (var (name, needed) in rules)
        {
            if (run.Instance.Member(at, name) == 0) continue;
            foreach (var other in needed)
            {
                if (run.Instance.Member(at, other) != 0) continue;
                if (!run.Collecting) return false;
                valid = run.Fail(this, at, $"has the member {Words.Quoted(name)}, so it needs {Words.Quoted(other)}");
            }
        }

        return valid;
    }
}
