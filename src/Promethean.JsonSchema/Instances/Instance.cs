namespace Promethean.JsonSchema.Instances;

/// <summary>A text that was read, and the tape of its values; slot 0 is the whole.</summary>
internal readonly ref struct Instance(ReadOnlySpan<byte> text, ReadOnlySpan<byte> side, ReadOnlySpan<Slot> slots)
{
    private readonly ReadOnlySpan<byte> text = text;
    private readonly ReadOnlySpan<byte> side = side;

    public readonly ReadOnlySpan<Slot> Slots = slots;

    public ReadOnlySpan<byte> Text(int at)
    {
        ref readonly var slot = ref Slots[at];
        return (slot.Aside ? side : text).Slice(slot.Start, slot.Length);
    }

    /// <summary>The value of the member of that name, or 0: no member's value is the whole.</summary>
    public int Member(int of, ReadOnlySpan<byte> name)
    {
        var end = Slots[of].End;
        for (var at = of + 1; at < end; at = Slots[at + 1].End)
        {
            if (Slots[at].Length == name.Length && !Slots[at].Shadowed && Text(at).SequenceEqual(name))
            {
                return at + 1;
            }
        }

        return 0;
    }
}
