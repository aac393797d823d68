using System.Buffers;
using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Keywords;

internal sealed class UniqueItemsKeyword() : Keyword("uniqueItems")
{
    private const int Few = 8;

    public override bool Evaluate(ref Evaluation run, int at)
    {
        ref readonly var slot = ref run.Instance.Slots[at];
        if (slot.Kind != TokenKind.Array || slot.Length < 2) return true;
        var (first, second) = slot.Length <= Few ? FindByPairs(run.Instance, at) : FindByHash(run.Instance, at);
        if (second == 0) return true;
        return run.Collecting && run.Fail(this, second, $"is {Words.Value(run.Instance, second)}, as is {InstanceLocation.Of(run.Instance, first)}, but items must differ");
    }

    private static (int First, int Second) FindByPairs(Instance instance, int at)
    {
        var end = instance.Slots[at].End;
        for (var item = instance.Slots[at + 1].End; item < end; item = instance.Slots[item].End)
        {
            for (var before = at + 1; before < item; before = instance.Slots[before].End)
            {
                if (DeepEquality.Equal(instance, before, instance, item)) return (before, item);
            }
        }

        return default;
    }

    // Sorted by hash, equal items stand side by side; items that merely share a hash are compared each with each.
    private static (int First, int Second) FindByHash(Instance instance, int at)
    {
        var count = instance.Slots[at].Length;
        var rented = ArrayPool<long>.Shared.Rent(count);
        try
        {
            var keys = rented.AsSpan(0, count);
            var item = at + 1;
            for (var i = 0; i < count; i++, item = instance.Slots[item].End) keys[i] = ((long)DeepHash.Of(instance, item) << 32) | (uint)item;
            keys.Sort();
            for (var i = 1; i < count; i++)
            {
                for (var j = i - 1; j >= 0 && keys[j] >> 32 == keys[i] >> 32; j--)
                {
                    if (DeepEquality.Equal(instance, (int)keys[j], instance, (int)keys[i])) return ((int)keys[j], (int)keys[i]);
                }
            }

            return default;
        }
        finally
        {
            ArrayPool<long>.Shared.Return(rented);
        }
    }
}
