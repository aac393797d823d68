namespace Promethean.Vectors;

/// <summary>A record that a query found.</summary>
/// <param name="Record">The record, whole.</param>
/// <param name="Score">The cosine of the angle between the query's vector and the record's: 1 the same direction, 0 nothing in common, -1 opposite.</param>
public sealed record VectorHit(VectorRecord Record, float Score);
