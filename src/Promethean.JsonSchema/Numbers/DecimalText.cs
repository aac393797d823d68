namespace Promethean.JsonSchema.Numbers;

/// <summary>
/// A JSON number taken from its text, exactly: its significant digits (a '.' among them is passed over) times a power of ten. Nothing here grows with
/// the exponent, so 1e999999999 costs no more than 1.
/// </summary>
internal readonly ref struct DecimalText
{
    // Beyond any text's length; exponents past it are taken as equal.
    private const long Far = long.MaxValue / 4;

    private DecimalText(bool negative, ReadOnlySpan<byte> digits, int count, long exponent)
    {
        Negative = negative;
        Digits = digits;
        Count = count;
        Exponent = exponent;
    }

    public bool Negative { get; }

    /// <summary>From the first significant digit to the last; empty for zero.</summary>
    public ReadOnlySpan<byte> Digits { get; }

    public int Count { get; }

    /// <summary>The power of ten of the last significant digit.</summary>
    public long Exponent { get; }

    public bool IsZero => Count == 0;

    public bool IsInteger => Exponent >= 0;

    // The grammar of RFC 8259: [ '-' ] int [ '.' digits ] [ ( 'e' | 'E' ) [ sign ] digits ].
    public static DecimalText Read(ReadOnlySpan<byte> text)
    {
        var negative = text[0] == '-';
        var rest = negative ? text[1..] : text;
        var e = rest.IndexOfAny((byte)'e', (byte)'E');
        var exponent = e < 0 ? 0 : ReadExponent(rest[(e + 1)..]);
        var mantissa = e < 0 ? rest : rest[..e];
        var first = mantissa.IndexOfAnyInRange((byte)'1', (byte)'9');
        if (first < 0) return new(false, [], 0, 0);
        var last = mantissa.LastIndexOfAnyInRange((byte)'1', (byte)'9');
        var point = mantissa.IndexOf((byte)'.');
        var whole = point < 0 ? mantissa.Length : point;
        var power = last < whole ? whole - 1 - last : whole - last;
        var count = last - first + 1 - (point > first && point < last ? 1 : 0);
        return new(negative, mantissa[first..(last + 1)], count, exponent + power);
    }

    public int CompareTo(DecimalText other)
    {
        if (IsZero || other.IsZero) return (IsZero ? 0 : Sign) - (other.IsZero ? 0 : other.Sign);
        return Negative != other.Negative ? Sign : Sign * CompareSizes(other);
    }

    public void AddTo(ref HashCode hash)
    {
        hash.Add(Negative);
        hash.Add(Exponent);
        foreach (var digit in Digits)
        {
            if (digit != '.') hash.Add(digit);
        }
    }

    private int Sign => Negative ? -1 : 1;

    private int CompareSizes(DecimalText other)
    {
        var size = (Exponent + Count).CompareTo(other.Exponent + other.Count);
        if (size != 0) return size;
        int x = 0, y = 0;
        while (x < Digits.Length && y < other.Digits.Length)
        {
            if (Digits[x] == '.') x++;
            if (other.Digits[y] == '.') y++;
            if (Digits[x] != other.Digits[y]) return Digits[x].CompareTo(other.Digits[y]) < 0 ? -1 : 1;
            x++;
            y++;
        }

        return Count.CompareTo(other.Count);
    }

    private static long ReadExponent(ReadOnlySpan<byte> text)
    {
        var negative = text[0] == '-';
        long value = 0;
        foreach (var digit in text[0] is (byte)'-' or (byte)'+' ? text[1..] : text)
        {
            value = Math.Min((value * 10) + digit - '0', Far / 10);
        }

        return negative ? -value : value;
    }
}
