using System.Text;
using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;
using Promethean.JsonSchema.Numbers;

namespace Promethean.JsonSchema.Keywords;

internal sealed class MultipleOfKeyword(byte[] text) : Keyword("multipleOf")
{
    private readonly Divisor divisor = new(text);

    public override bool Evaluate(ref Evaluation run, int at)
    {
        if (run.Instance.Slots[at].Kind != TokenKind.Number || divisor.Divides(DecimalText.Read(run.Instance.Text(at)))) return true;
        return run.Collecting && run.Fail(this, at, $"is {Words.Value(run.Instance, at)}, but must be a multiple of {Encoding.UTF8.GetString(text)}");
    }
}
