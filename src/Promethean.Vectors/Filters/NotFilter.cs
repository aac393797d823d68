namespace Promethean.Vectors;

/// <summary>The filter does not hold.</summary>
public sealed record NotFilter : VectorFilter
{
    internal NotFilter(VectorFilter filter) => Filter = filter;

    /// <summary>The negated filter.</summary>
    public VectorFilter Filter { get; }

    /// <inheritdoc/>
    public override bool Matches(VectorMetadata metadata) => !Filter.Matches(metadata);
}
