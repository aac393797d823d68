namespace Promethean.Vectors;

/// <summary>The name has an array with this value among its elements.</summary>
public sealed record ContainsFilter : VectorFilter
{
    internal ContainsFilter(string key, VectorValue value) => (Key, Value) = (key, value);

    /// <summary>The metadata name.</summary>
    public string Key { get; }

    /// <summary>The single value.</summary>
    public VectorValue Value { get; }

    /// <inheritdoc/>
    public override bool Matches(VectorMetadata metadata) => metadata.TryGetValue(Key, out var value) && value.Contains(Value);
}
