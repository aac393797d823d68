using System.Text;
using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;
using Promethean.JsonSchema.Numbers;

namespace Promethean.JsonSchema.Keywords;

/// <summary>minimum, maximum, exclusiveMinimum, exclusiveMaximum.</summary>
internal sealed class RangeKeyword(string name, byte[] limit) : Keyword(name)
{
    private readonly bool lower = name is "minimum" or "exclusiveMinimum";
    private readonly bool exclusive = name is "exclusiveMinimum" or "exclusiveMaximum";

    public override bool Evaluate(ref Evaluation run, int at)
    {
        if (run.Instance.Slots[at].Kind != TokenKind.Number) return true;
        var order = DecimalText.Read(run.Instance.Text(at)).CompareTo(DecimalText.Read(limit));
        if (lower ? order > 0 : order < 0) return true;
        if (order == 0 && !exclusive) return true;
        return run.Collecting && run.Fail(this, at, $"is {Words.Value(run.Instance, at)}, but must be {Wanted} {Encoding.UTF8.GetString(limit)}");
    }

    private string Wanted => (lower, exclusive) switch
    {
        (true, false) => "at least",
        (true, true) => "more than",
        (false, false) => "at most",
        _ => "less than",
    };
}
