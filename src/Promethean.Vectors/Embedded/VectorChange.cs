namespace Promethean.Vectors;

/// <summary>What a write will do to a collection, decided while no other write runs.</summary>
/// <param name="Upserts">Records to store, replacing those with their ids.</param>
/// <param name="Deletes">Ids to remove; all of them are there.</param>
/// <param name="Result">What the write answers.</param>
internal readonly record struct VectorChange<T>(IReadOnlyList<VectorRecord> Upserts, IReadOnlyList<string> Deletes, T Result);
