using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Promethean.Vectors;

/// <summary>What is known of a record besides its vector: values under names, for filters and for whoever reads the hit.</summary>
/// <remarks>
/// Immutable; equal when every name and value is. Names are not empty, compared exactly and kept in ordinal order, so that
/// equal metadata has equal JSON. A name with an empty array is left out: no filter can tell the two apart, and not every
/// database keeps one.
/// </remarks>
public sealed class VectorMetadata : IReadOnlyDictionary<string, VectorValue>, IEquatable<VectorMetadata>
{
    private readonly SortedList<string, VectorValue> _values = new(StringComparer.Ordinal);

    /// <summary>Takes names and values.</summary>
    /// <param name="values">The pairs; a name that comes twice is an <see cref="ArgumentException"/>.</param>
    public VectorMetadata(IEnumerable<KeyValuePair<string, VectorValue>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var (name, value) in values)
        {
            if (string.IsNullOrEmpty(name)) throw new ArgumentException("A metadata name is empty.", nameof(values));
            if (!WellFormedText.Is(name)) throw new ArgumentException($"The metadata name '{name}' is not well-formed text.", nameof(values));
            if (value.Kind is VectorValueKind.None) throw new ArgumentException($"The metadata name '{name}' has no value; leave it out instead.", nameof(values));
            if (value.Count > 0) _values.Add(name, value);
        }
    }

    /// <summary>No metadata.</summary>
    public static VectorMetadata Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _values.Keys;

    /// <inheritdoc/>
    public IEnumerable<VectorValue> Values => _values.Values;

    /// <inheritdoc/>
    public VectorValue this[string key] => _values[key];

    /// <summary>Reads metadata from the JSON that <see cref="ToJson"/> writes.</summary>
    /// <param name="utf8Json">One JSON object of single values and arrays.</param>
    /// <exception cref="FormatException">The text is not such an object.</exception>
    public static VectorMetadata FromJson(ReadOnlySpan<byte> utf8Json) => MetadataJson.Read(utf8Json);

    /// <summary>The metadata as one JSON object: names in ordinal order, whole numbers without and others with a fraction or exponent.</summary>
    /// <remarks>Equal metadata gives equal bytes, on any machine.</remarks>
    public byte[] ToJson() => MetadataJson.Write(this);

    /// <summary>This metadata with a value added or replaced.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    public VectorMetadata With(string name, VectorValue value) => new(_values.Where(pair => pair.Key != name).Append(new(name, value)));

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out VectorValue value) => _values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, VectorValue>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Equal in every name and value.</summary>
    /// <param name="other">The other metadata.</param>
    public bool Equals(VectorMetadata? other) => other is not null && Count == other.Count && _values.SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VectorMetadata);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (name, value) in _values)
        {
            hash.Add(name);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <summary>The metadata as JSON text.</summary>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(ToJson());
}
