using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Query.Projections;

/// <summary><c>{"field.$": 1}</c>: the element by which the query matched ("$ (projection)" in the manual).</summary>
internal sealed class PositionalProjection(FieldPath path) : ArrayProjection(path)
{
    public override bool Includes => true;

    protected override BsonValue? Change(BsonArray array, int? positionalIndex, Variables variables) =>
        positionalIndex is { } index && index < array.Count
            ? new BsonArray { array[index] }
            : throw MongoCommandFailedException.Location(51246, "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array");
}
