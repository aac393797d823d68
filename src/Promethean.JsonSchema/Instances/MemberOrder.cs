using System.Buffers;

namespace Promethean.JsonSchema.Instances;

/// <summary>The members of a large object in the order of their names, so that strangers cannot make comparing names quadratic.</summary>
internal ref struct MemberOrder
{
    /// <summary>Up to so many members, comparing each with each is quicker than sorting.</summary>
    public const int Small = 16;

    private readonly int[] rented;

    public MemberOrder(Instance instance, int of)
    {
        var count = 0;
        var end = instance.Slots[of].End;
        for (var at = of + 1; at < end; at = instance.Slots[at + 1].End) count++;
        rented = ArrayPool<int>.Shared.Rent(2 * count);
        var names = rented.AsSpan(0, count);
        var next = 0;
        for (var at = of + 1; at < end; at = instance.Slots[at + 1].End) names[next++] = at;
        MergeSort(instance, names, rented.AsSpan(count, count));
        Names = names;
    }

    /// <summary>The slots of the names; equal names in the order of the text.</summary>
    public ReadOnlySpan<int> Names { get; }

    public readonly void Dispose() => ArrayPool<int>.Shared.Return(rented);

    // Span.Sort cannot compare by something that lives on the stack; this one keeps the order of equals besides.
    private static void MergeSort(Instance instance, Span<int> names, Span<int> room)
    {
        if (names.Length < 2) return;
        var half = names.Length / 2;
        MergeSort(instance, names[..half], room[..half]);
        MergeSort(instance, names[half..], room[half..]);
        names.CopyTo(room);
        for (int left = 0, right = half, to = 0; to < names.Length; to++)
        {
            var takeLeft = right == names.Length
                || (left < half && instance.Text(room[left]).SequenceCompareTo(instance.Text(room[right])) <= 0);
            names[to] = room[takeLeft ? left++ : right++];
        }
    }
}
