using System.Globalization;
using System.Numerics;
using System.Text;

namespace Promethean.JsonSchema.Numbers;

/// <summary>
/// What a number must be a multiple of, exactly. With the number D·10^e and the divisor M·10^f, both without trailing zeros: for e ≥ f the question is
/// whether M divides D·10^(e-f), asked modulo M; for e below f the quotient has a fraction, as 10 does not divide D.
/// </summary>
internal sealed class Divisor
{
    private const int ChunkDigits = 18;

    private readonly BigInteger modulus;
    private readonly ulong small;
    private readonly long exponent;

    public Divisor(ReadOnlySpan<byte> text)
    {
        var number = DecimalText.Read(text);
        exponent = number.Exponent;
        modulus = BigInteger.Parse(Encoding.ASCII.GetString(number.Digits).Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        small = modulus <= ulong.MaxValue ? (ulong)modulus : 0;
    }

    public bool Divides(DecimalText number)
    {
        if (number.IsZero) return true;
        var shift = number.Exponent - exponent;
        if (shift < 0) return false;
        return small != 0 ? DividesSmall(number, shift) : DividesLarge(number, shift);
    }

    private bool DividesSmall(DecimalText number, long shift)
    {
        UInt128 rest = 0;
        foreach (var digit in number.Digits)
        {
            if (digit != '.') rest = ((rest * 10) + (uint)(digit - '0')) % small;
        }

        // Square and multiply; both factors stay below 2^64.
        UInt128 power = 1 % small;
        for (UInt128 square = 10 % small; shift > 0; shift >>= 1)
        {
            if ((shift & 1) == 1) power = power * square % small;
            square = square * square % small;
        }

        return rest * power % small == 0;
    }

    private bool DividesLarge(DecimalText number, long shift)
    {
        var rest = BigInteger.Zero;
        ulong chunk = 0, scale = 1;
        var inChunk = 0;
        foreach (var digit in number.Digits)
        {
            if (digit == '.') continue;
            chunk = (chunk * 10) + (ulong)(digit - '0');
            scale *= 10;
            if (++inChunk == ChunkDigits)
            {
                rest = ((rest * scale) + chunk) % modulus;
                (chunk, scale, inChunk) = (0, 1, 0);
            }
        }

        rest = ((rest * scale) + chunk) % modulus;
        return (rest * BigInteger.ModPow(10, shift, modulus) % modulus).IsZero;
    }
}
