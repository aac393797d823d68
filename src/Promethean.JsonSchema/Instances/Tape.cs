using System.Text.Json;
using System.Text.Unicode;

namespace Promethean.JsonSchema.Instances;

/// <summary>Reads a text into slots once, into arrays that the next text uses again.</summary>
internal sealed class Tape
{
    private Slot[] slots = new Slot[64];
    private int[] open = new int[64];
    private byte[] side = [];
    private int count;
    private int sideUsed;

    /// <summary>How many slots are kept between texts at most; a larger text's arrays are let go.</summary>
    public const int Kept = 16_384;

    public int Capacity => slots.Length + side.Length;

    public Instance Over(ReadOnlySpan<byte> text) => new(text, side.AsSpan(0, sideUsed), slots.AsSpan(0, count));

    /// <summary>Reads the text; answers what is wrong with it where it is not JSON that may be looked at, else null.</summary>
    public string? Read(ReadOnlySpan<byte> text, int maxDepth)
    {
        count = sideUsed = 0;
        if (!Utf8.IsValid(text))
        {
            return "is not UTF-8 text";
        }

        try
        {
            return ReadTokens(text, maxDepth);
        }
        catch (JsonException e)
        {
            return $"is not JSON: {e.Message}";
        }
        catch (InvalidOperationException)
        {
            return @"has half a surrogate pair (\ud800 to \udfff) in a string, which is no text";
        }
    }

    private string? ReadTokens(ReadOnlySpan<byte> text, int maxDepth)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = maxDepth + 1 });
        var depth = 0;
        while (reader.Read())
        {
            if (count == slots.Length) Array.Resize(ref slots, 2 * count);
            var type = reader.TokenType;
            switch (type)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    if (depth == maxDepth) return $"is nested deeper than {maxDepth} levels";
                    if (depth == open.Length) Array.Resize(ref open, 2 * depth);
                    if (depth > 0 && slots[open[depth - 1]].Kind == TokenKind.Array) slots[open[depth - 1]].Length++;
                    open[depth++] = count;
                    slots[count++] = new() { Kind = type == JsonTokenType.StartObject ? TokenKind.Object : TokenKind.Array, Start = (int)reader.TokenStartIndex };
                    break;
                case JsonTokenType.EndObject:
                    slots[open[--depth]].End = count;
                    FindShadowed(text, open[depth]);
                    break;
                case JsonTokenType.EndArray:
                    slots[open[--depth]].End = count;
                    break;
                case JsonTokenType.PropertyName:
                    slots[open[depth - 1]].Length++;
                    AddString(ref reader);
                    break;
                default:
                    if (depth > 0 && slots[open[depth - 1]].Kind == TokenKind.Array) slots[open[depth - 1]].Length++;
                    if (type == JsonTokenType.String) AddString(ref reader);
                    else AddScalar(ref reader, KindOf(type));
                    break;
            }
        }

        return null;
    }

    private static TokenKind KindOf(JsonTokenType type) => type switch
    {
        JsonTokenType.Number => TokenKind.Number,
        JsonTokenType.True => TokenKind.True,
        JsonTokenType.False => TokenKind.False,
        _ => TokenKind.Null,
    };

    private void AddScalar(ref Utf8JsonReader reader, TokenKind kind)
    {
        ref var slot = ref slots[count++];
        slot = new() { Kind = kind, Start = (int)reader.TokenStartIndex, Length = reader.ValueSpan.Length, End = count };
    }

    private void AddString(ref Utf8JsonReader reader)
    {
        ref var slot = ref slots[count++];
        slot = new() { Kind = TokenKind.String, Start = (int)reader.TokenStartIndex + 1, Length = reader.ValueSpan.Length, End = count };
        if (!reader.ValueIsEscaped) return;
        if (side.Length - sideUsed < slot.Length) Array.Resize(ref side, Math.Max(2 * side.Length, sideUsed + slot.Length));
        var written = reader.CopyString(side.AsSpan(sideUsed));
        slot.Aside = true;
        slot.Start = sideUsed;
        slot.Length = written;
        sideUsed += written;
    }

    // Of two members of one name the later counts, as for JsonElement and JavaScript.
    private void FindShadowed(ReadOnlySpan<byte> text, int of)
    {
        var members = slots[of].Length;
        if (members < 2) return;
        var instance = Over(text);
        if (members > MemberOrder.Small)
        {
            using var order = new MemberOrder(instance, of);
            for (var i = 1; i < order.Names.Length; i++)
            {
                if (instance.Text(order.Names[i - 1]).SequenceEqual(instance.Text(order.Names[i]))) Shadow(of, order.Names[i - 1]);
            }

            return;
        }

        for (var at = slots[of + 2].End; at < count; at = slots[at + 1].End)
        {
            for (var before = of + 1; before < at; before = slots[before + 1].End)
            {
                if (slots[before].Length == slots[at].Length && !slots[before].Shadowed && instance.Text(before).SequenceEqual(instance.Text(at)))
                {
                    Shadow(of, before);
                }
            }
        }
    }

    private void Shadow(int of, int name)
    {
        slots[name].Shadowed = true;
        slots[of].Length--;
    }
}
