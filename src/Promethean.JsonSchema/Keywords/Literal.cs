using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Keywords;

/// <summary>A value that stands in a schema, to compare with.</summary>
internal sealed class Literal
{
    private readonly byte[] text;
    private readonly byte[]? plain;
    private readonly Tape tape = new();

    public Literal(byte[] text, int maxDepth)
    {
        this.text = text;
        tape.Read(text, maxDepth);
        var value = tape.Over(text);
        plain = value.Slots[0].Kind == TokenKind.String ? value.Text(0).ToArray() : null;
        Shown = value.Slots[0].Kind is TokenKind.Array or TokenKind.Object ? Words.Value(value, 0) : plain is null ? System.Text.Encoding.UTF8.GetString(text) : Words.Quoted(plain);
    }

    public string Shown { get; }

    public bool Equals(Instance instance, int at) => plain is null
        ? DeepEquality.Equal(tape.Over(text), 0, instance, at)
        : instance.Slots[at].Kind == TokenKind.String && instance.Text(at).SequenceEqual(plain);
}
