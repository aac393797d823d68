using System.Runtime.CompilerServices;
using Promethean.JsonSchema.Numbers;

namespace Promethean.JsonSchema.Instances;

/// <summary>Equality as JSON Schema has it: numbers by value, members in any order.</summary>
/// <exception cref="InsufficientExecutionStackException">Values are nested deeper than what is left of the stack allows.</exception>
internal static class DeepEquality
{
    public static bool Equal(Instance left, int a, Instance right, int b)
    {
        var kind = left.Slots[a].Kind;
        if (kind != right.Slots[b].Kind) return false;
        if (kind is TokenKind.Array or TokenKind.Object) RuntimeHelpers.EnsureSufficientExecutionStack();
        return kind switch
        {
            TokenKind.String => left.Text(a).SequenceEqual(right.Text(b)),
            TokenKind.Number => left.Text(a).SequenceEqual(right.Text(b)) || DecimalText.Read(left.Text(a)).CompareTo(DecimalText.Read(right.Text(b))) == 0,
            TokenKind.Array => left.Slots[a].Length == right.Slots[b].Length && EqualArrays(left, a, right, b),
            TokenKind.Object => left.Slots[a].Length == right.Slots[b].Length && EqualObjects(left, a, right, b),
            _ => true,
        };
    }

    private static bool EqualArrays(Instance left, int a, Instance right, int b)
    {
        var end = left.Slots[a].End;
        for (int x = a + 1, y = b + 1; x < end; x = left.Slots[x].End, y = right.Slots[y].End)
        {
            if (!Equal(left, x, right, y)) return false;
        }

        return true;
    }

    private static bool EqualObjects(Instance left, int a, Instance right, int b)
    {
        if (left.Slots[a].Length > MemberOrder.Small) return EqualLargeObjects(left, a, right, b);
        var end = left.Slots[a].End;
        for (var name = a + 1; name < end; name = left.Slots[name + 1].End)
        {
            if (left.Slots[name].Shadowed) continue;
            var value = right.Member(b, left.Text(name));
            if (value == 0 || !Equal(left, name + 1, right, value)) return false;
        }

        return true;
    }

    private static bool EqualLargeObjects(Instance left, int a, Instance right, int b)
    {
        using var ours = new MemberOrder(left, a);
        using var theirs = new MemberOrder(right, b);
        for (int x = 0, y = 0; ; x++, y++)
        {
            while (x < ours.Names.Length && left.Slots[ours.Names[x]].Shadowed) x++;
            while (y < theirs.Names.Length && right.Slots[theirs.Names[y]].Shadowed) y++;
            if (x == ours.Names.Length || y == theirs.Names.Length) return x == ours.Names.Length && y == theirs.Names.Length;
            if (!left.Text(ours.Names[x]).SequenceEqual(right.Text(theirs.Names[y]))) return false;
            if (!Equal(left, ours.Names[x] + 1, right, theirs.Names[y] + 1)) return false;
        }
    }
}
