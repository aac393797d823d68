using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Windows;

/// <summary>What one output field of <c>$setWindowFields</c> is computed by ("Window Operators" in the manual). Immutable.</summary>
internal abstract class WindowFunction
{
    /// <summary>The field's value for each document of a partition; null for missing.</summary>
    public abstract BsonValue?[] Compute(WindowPartition partition);
}
