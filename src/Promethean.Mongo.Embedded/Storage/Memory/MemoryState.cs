using System.Collections.Immutable;

namespace Promethean.Mongo.Embedded.Storage.Memory;

/// <summary>Everything the memory engine holds at one moment. Immutable.</summary>
internal sealed record MemoryState(
    Catalogue Catalogue,
    ImmutableDictionary<long, SortedTree<long, byte[]>> Records,
    ImmutableDictionary<long, SortedTree<IndexEntry, None>> Entries)
{
    public static MemoryState Empty { get; } = new(
        Catalogue.Empty,
        ImmutableDictionary<long, SortedTree<long, byte[]>>.Empty,
        ImmutableDictionary<long, SortedTree<IndexEntry, None>>.Empty);
}
