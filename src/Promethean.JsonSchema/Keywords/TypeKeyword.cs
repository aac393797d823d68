using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;
using Promethean.JsonSchema.Numbers;

namespace Promethean.JsonSchema.Keywords;

internal sealed class TypeKeyword(TokenKind kinds, bool integers, string names) : Keyword("type")
{
    private const int Telling = 4;

    public override bool Evaluate(ref Evaluation run, int at)
    {
        var kind = run.Instance.Slots[at].Kind;
        if ((kind & kinds) != 0 || (integers && kind == TokenKind.Number && IsInteger(run.Instance.Text(at)))) return true;
        return run.Collecting && run.Fail(this, at, $"is {Words.Value(run.Instance, at)}, but must be {names}", Telling);
    }

    private static bool IsInteger(ReadOnlySpan<byte> text) =>
        text.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0 || DecimalText.Read(text).IsInteger;
}
