using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary><c>$mergeObjects</c>: later fields over earlier ones.</summary>
internal sealed class MergeObjectsAccumulator : Accumulator
{
    private readonly BsonDocument _merged = [];

    public override BsonValue? Result => _merged;

    public override void Add(BsonValue? value) => ObjectOperators.MergeInto(_merged, value);
}
