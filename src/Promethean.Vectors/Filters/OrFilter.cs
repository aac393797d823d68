namespace Promethean.Vectors;

/// <summary>At least one of the filters holds.</summary>
public sealed record OrFilter : VectorFilter
{
    internal OrFilter(IReadOnlyList<VectorFilter> filters) => Filters = filters;

    /// <summary>The filters, at least one.</summary>
    public IReadOnlyList<VectorFilter> Filters { get; }

    /// <inheritdoc/>
    public override bool Matches(VectorMetadata metadata) => Filters.Any(filter => filter.Matches(metadata));
}
