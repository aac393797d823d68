using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Keywords;

/// <summary>minLength and maxLength, in code points.</summary>
internal sealed class LengthKeyword(string name, bool lower, long limit) : Keyword(name)
{
    public override bool Evaluate(ref Evaluation run, int at)
    {
        if (run.Instance.Slots[at].Kind != TokenKind.String) return true;
        var text = run.Instance.Text(at);
        // A code point is one to four bytes, which settles most strings without counting.
        if (lower ? text.Length / 4 >= limit : text.Length <= limit) return true;
        if (lower && text.Length < limit) return run.Collecting && Tell(ref run, at, CodePoints(text));
        var length = CodePoints(text);
        if (lower ? length >= limit : length <= limit) return true;
        return run.Collecting && Tell(ref run, at, length);
    }

    private bool Tell(ref Evaluation run, int at, int length) =>
        run.Fail(this, at, $"is {Words.Value(run.Instance, at)} of {Words.Count(length, "character")}, but must have at {(lower ? "least" : "most")} {limit}");

    private static int CodePoints(ReadOnlySpan<byte> text)
    {
        var count = 0;
        foreach (var one in text)
        {
            if ((one & 0xC0) != 0x80) count++;
        }

        return count;
    }
}
