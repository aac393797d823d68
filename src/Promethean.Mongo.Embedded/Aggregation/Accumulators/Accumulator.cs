using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary>Gathers one value from many ("Accumulators ($group)" in the manual). For one group and one thread.</summary>
internal abstract class Accumulator
{
    /// <summary>Takes one more value; null is a missing one.</summary>
    public abstract void Add(BsonValue? value);

    /// <summary>The value so far; null if it is missing.</summary>
    public abstract BsonValue? Result { get; }
}
