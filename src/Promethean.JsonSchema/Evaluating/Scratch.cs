using Promethean.JsonSchema.Compilation;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Evaluating;

/// <summary>The arrays one validation works in. Each thread keeps one set, so that validating allocates nothing.</summary>
internal sealed class Scratch
{
    [ThreadStatic]
    private static Scratch? kept;

    private int[] lastNote = [];
    private int[] notedSlot = new int[16];
    private int[] notedBefore = new int[16];

    public Tape Tape { get; } = new();

    /// <summary>The dynamic scope: the resources gone through, the outermost first.</summary>
    public List<SchemaResource> Resources { get; } = [];

    /// <summary>How many notes of evaluated items and members there are.</summary>
    public int Notes { get; private set; }

    public static Scratch Take()
    {
        var taken = kept ?? new Scratch();
        kept = null;
        return taken;
    }

    public void Give()
    {
        ForgetTo(0);
        Resources.Clear();
        if (Tape.Capacity <= 2 * Tape.Kept && lastNote.Length <= Tape.Kept) kept = this;
    }

    // A slot's entry is the number of its latest note, from 1; a note remembers the entry before it, so that notes can be taken back.
    public void Note(int slot)
    {
        if (slot >= lastNote.Length) Array.Resize(ref lastNote, Math.Max(64, 2 * slot));
        if (Notes == notedSlot.Length)
        {
            Array.Resize(ref notedSlot, 2 * Notes);
            Array.Resize(ref notedBefore, 2 * Notes);
        }

        notedSlot[Notes] = slot;
        notedBefore[Notes] = lastNote[slot];
        lastNote[slot] = ++Notes;
    }

    public bool NotedSince(int scope, int slot) => slot < lastNote.Length && lastNote[slot] > scope;

    /// <summary>Takes back the notes of a branch that came to nothing.</summary>
    public void ForgetTo(int notes)
    {
        while (Notes > notes)
        {
            Notes--;
            lastNote[notedSlot[Notes]] = notedBefore[Notes];
        }
    }
}
