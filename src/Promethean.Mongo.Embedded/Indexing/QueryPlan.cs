using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>How the documents that may match a query are found.</summary>
internal sealed record QueryPlan
{
    /// <summary>Plans whose documents together are those that may match; empty if this plan is one by itself. None has alternatives of its own.</summary>
    public IReadOnlyList<QueryPlan> Alternatives { get; init; } = [];

    /// <summary>The index to read, or null to read the whole collection or the alternatives.</summary>
    public IndexDefinition? Index { get; init; }

    /// <summary>What to read of the index: disjoint and ascending; empty if nothing can match.</summary>
    public IReadOnlyList<KeyRange> Ranges { get; init; } = [];

    /// <summary>The same by field of the index, for explain; null where a field is not bound.</summary>
    public IReadOnlyList<IReadOnlyList<BoundsInterval>?> Bounds { get; init; } = [];

    /// <summary>Whether to read from the end.</summary>
    public bool Backward { get; init; }

    /// <summary>Whether documents come in the order asked for, so that they need not be sorted.</summary>
    public bool IsSorted { get; init; }

    /// <summary>Whether the whole query is one <c>_id</c>.</summary>
    public bool IsIdLookup { get; init; }
}
