namespace Promethean.Vectors;

/// <summary>All of the filters hold.</summary>
public sealed record AndFilter : VectorFilter
{
    internal AndFilter(IReadOnlyList<VectorFilter> filters) => Filters = filters;

    /// <summary>The filters, at least one.</summary>
    public IReadOnlyList<VectorFilter> Filters { get; }

    /// <inheritdoc/>
    public override bool Matches(VectorMetadata metadata) => Filters.All(filter => filter.Matches(metadata));
}
