namespace Promethean.Vectors;

/// <summary>The name has one of these single values.</summary>
public sealed record InFilter : VectorFilter
{
    internal InFilter(string key, IReadOnlyList<VectorValue> values) => (Key, Values) = (key, values);

    /// <summary>The metadata name.</summary>
    public string Key { get; }

    /// <summary>The single values, at least one.</summary>
    public IReadOnlyList<VectorValue> Values { get; }

    /// <inheritdoc/>
    public override bool Matches(VectorMetadata metadata) => metadata.TryGetValue(Key, out var value) && Values.Contains(value);
}
