using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Promethean.Vectors;

/// <summary>One metadata value: a text, a whole number, a floating-point number, a truth value, or an array of one of these.</summary>
/// <remarks>
/// Immutable. Values are equal when kind and content are: the whole number 1 and the floating-point number 1.0 differ,
/// as they do in the databases that keep such metadata. Text that is not well-formed UTF-16 has each half surrogate pair
/// replaced by U+FFFD. Numbers must be finite.
/// </remarks>
public readonly struct VectorValue : IEquatable<VectorValue>
{
    private readonly long _bits;
    private readonly object? _reference;

    private VectorValue(VectorValueKind kind, long bits, object? reference)
    {
        Kind = kind;
        _bits = bits;
        _reference = reference;
    }

    /// <summary>What the value is.</summary>
    public VectorValueKind Kind { get; }

    /// <summary>Whether the value is an array.</summary>
    public bool IsArray => Kind >= VectorValueKind.TextArray;

    /// <summary>How many elements an array has; 1 for a single value, 0 for none.</summary>
    public int Count => Kind switch
    {
        VectorValueKind.None => 0,
        VectorValueKind.TextArray => Items<string>().Length,
        VectorValueKind.WholeNumberArray => Items<long>().Length,
        VectorValueKind.NumberArray => Items<double>().Length,
        VectorValueKind.BooleanArray => Items<bool>().Length,
        _ => 1,
    };

    /// <summary>A text.</summary>
    /// <param name="value">The text.</param>
    public static VectorValue From(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(VectorValueKind.Text, 0, WellFormedText.From(value));
    }

    /// <summary>A whole number.</summary>
    /// <param name="value">The number.</param>
    public static VectorValue From(long value) => new(VectorValueKind.WholeNumber, value, null);

    /// <summary>A floating-point number.</summary>
    /// <param name="value">The number; it must be finite.</param>
    public static VectorValue From(double value) => new(VectorValueKind.Number, BitConverter.DoubleToInt64Bits(Finite(value)), null);

    /// <summary>A truth value.</summary>
    /// <param name="value">The value.</param>
    public static VectorValue From(bool value) => new(VectorValueKind.Boolean, value ? 1 : 0, null);

    /// <summary>Texts.</summary>
    /// <param name="values">The texts, none null.</param>
    public static VectorValue From(IEnumerable<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new(VectorValueKind.TextArray, 0, values.Select(v => WellFormedText.From(v ?? throw new ArgumentException("An array of texts holds null.", nameof(values)))).ToImmutableArray());
    }

    /// <summary>Whole numbers.</summary>
    /// <param name="values">The numbers.</param>
    public static VectorValue From(IEnumerable<long> values) => new(VectorValueKind.WholeNumberArray, 0, values.ToImmutableArray());

    /// <summary>Floating-point numbers.</summary>
    /// <param name="values">The numbers; they must be finite.</param>
    public static VectorValue From(IEnumerable<double> values) => new(VectorValueKind.NumberArray, 0, values.Select(Finite).ToImmutableArray());

    /// <summary>Truth values.</summary>
    /// <param name="values">The values.</param>
    public static VectorValue From(IEnumerable<bool> values) => new(VectorValueKind.BooleanArray, 0, values.ToImmutableArray());

    /// <summary>The text.</summary>
    /// <exception cref="InvalidOperationException">The value is something else.</exception>
    public string AsText() => Kind is VectorValueKind.Text ? (string)_reference! : throw Not(VectorValueKind.Text);

    /// <summary>The whole number.</summary>
    /// <exception cref="InvalidOperationException">The value is something else.</exception>
    public long AsWholeNumber() => Kind is VectorValueKind.WholeNumber ? _bits : throw Not(VectorValueKind.WholeNumber);

    /// <summary>The floating-point number.</summary>
    /// <exception cref="InvalidOperationException">The value is something else.</exception>
    public double AsNumber() => Kind is VectorValueKind.Number ? BitConverter.Int64BitsToDouble(_bits) : throw Not(VectorValueKind.Number);

    /// <summary>The truth value.</summary>
    /// <exception cref="InvalidOperationException">The value is something else.</exception>
    public bool AsBoolean() => Kind is VectorValueKind.Boolean ? _bits != 0 : throw Not(VectorValueKind.Boolean);

    /// <summary>The texts.</summary>
    /// <exception cref="InvalidOperationException">The value is something else.</exception>
    public IReadOnlyList<string> AsTexts() => Kind is VectorValueKind.TextArray ? Items<string>() : throw Not(VectorValueKind.TextArray);

    /// <summary>The whole numbers.</summary>
    /// <exception cref="InvalidOperationException">The value is something else.</exception>
    public IReadOnlyList<long> AsWholeNumbers() => Kind is VectorValueKind.WholeNumberArray ? Items<long>() : throw Not(VectorValueKind.WholeNumberArray);

    /// <summary>The floating-point numbers.</summary>
    /// <exception cref="InvalidOperationException">The value is something else.</exception>
    public IReadOnlyList<double> AsNumbers() => Kind is VectorValueKind.NumberArray ? Items<double>() : throw Not(VectorValueKind.NumberArray);

    /// <summary>The truth values.</summary>
    /// <exception cref="InvalidOperationException">The value is something else.</exception>
    public IReadOnlyList<bool> AsBooleans() => Kind is VectorValueKind.BooleanArray ? Items<bool>() : throw Not(VectorValueKind.BooleanArray);

    /// <summary>Whether an array has a value among its elements; false for a single value.</summary>
    /// <param name="element">The single value to look for.</param>
    public bool Contains(VectorValue element) => (Kind, element.Kind) switch
    {
        (VectorValueKind.TextArray, VectorValueKind.Text) => Items<string>().Contains(element.AsText(), StringComparer.Ordinal),
        (VectorValueKind.WholeNumberArray, VectorValueKind.WholeNumber) => Items<long>().Contains(element.AsWholeNumber()),
        (VectorValueKind.NumberArray, VectorValueKind.Number) => Items<double>().Contains(element.AsNumber()),
        (VectorValueKind.BooleanArray, VectorValueKind.Boolean) => Items<bool>().Contains(element.AsBoolean()),
        _ => false,
    };

    /// <summary>Equal in kind and content.</summary>
    /// <param name="other">The other value.</param>
    public bool Equals(VectorValue other) => Kind == other.Kind && Kind switch
    {
        VectorValueKind.Text => (string)_reference! == (string)other._reference!,
        VectorValueKind.Number => AsNumber().Equals(other.AsNumber()),
        VectorValueKind.TextArray => Items<string>().SequenceEqual(other.Items<string>(), StringComparer.Ordinal),
        VectorValueKind.WholeNumberArray => Items<long>().SequenceEqual(other.Items<long>()),
        VectorValueKind.NumberArray => Items<double>().SequenceEqual(other.Items<double>()),
        VectorValueKind.BooleanArray => Items<bool>().SequenceEqual(other.Items<bool>()),
        _ => _bits == other._bits,
    };

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is VectorValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Kind switch
    {
        VectorValueKind.Text => HashCode.Combine(Kind, (string)_reference!),
        VectorValueKind.Number => HashCode.Combine(Kind, AsNumber()),
        _ => HashCode.Combine(Kind, _bits, Count),
    };

    /// <summary>The value for a person to read.</summary>
    public override string ToString() => Kind switch
    {
        VectorValueKind.None => "",
        VectorValueKind.Text => AsText(),
        VectorValueKind.WholeNumber => AsWholeNumber().ToString(CultureInfo.InvariantCulture),
        VectorValueKind.Number => AsNumber().ToString("R", CultureInfo.InvariantCulture),
        VectorValueKind.Boolean => AsBoolean() ? "true" : "false",
        VectorValueKind.TextArray => $"[{string.Join(", ", AsTexts())}]",
        VectorValueKind.WholeNumberArray => $"[{string.Join(", ", AsWholeNumbers())}]",
        VectorValueKind.NumberArray => $"[{string.Join(", ", AsNumbers().Select(n => n.ToString("R", CultureInfo.InvariantCulture)))}]",
        _ => $"[{string.Join(", ", AsBooleans().Select(b => b ? "true" : "false"))}]",
    };

    /// <summary>Equal in kind and content.</summary>
    public static bool operator ==(VectorValue left, VectorValue right) => left.Equals(right);

    /// <summary>Different in kind or content.</summary>
    public static bool operator !=(VectorValue left, VectorValue right) => !left.Equals(right);

    /// <summary>A text.</summary>
    public static implicit operator VectorValue(string value) => From(value);

    /// <summary>A whole number.</summary>
    public static implicit operator VectorValue(long value) => From(value);

    /// <summary>A floating-point number.</summary>
    public static implicit operator VectorValue(double value) => From(value);

    /// <summary>A truth value.</summary>
    public static implicit operator VectorValue(bool value) => From(value);

    /// <summary>Texts.</summary>
    public static implicit operator VectorValue(string[] values) => From(values);

    private ImmutableArray<T> Items<T>() => (ImmutableArray<T>)_reference!;

    private static double Finite(double value) =>
        double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A metadata number must be finite.");

    private InvalidOperationException Not(VectorValueKind asked) => new($"The metadata value is {Kind}, not {asked}.");
}
