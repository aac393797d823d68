using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query.Predicates;

namespace Promethean.Mongo.Embedded.Query.Projections;

/// <summary><c>{field: {$elemMatch: …}}</c>: the first element that matches ("$elemMatch (projection)" in the manual).</summary>
internal sealed class ElementProjection : ArrayProjection
{
    private readonly ValuePredicate _predicate;

    public ElementProjection(FieldPath path, BsonDocument operators, ParseScope scope)
        : base(path)
    {
        if (path.Length > 1) throw MongoCommandFailedException.Location(31275, "Cannot use $elemMatch projection on a nested field.");
        _predicate = new FilterParser(scope).ParseOperators(path.Text, operators, 0)[0];
    }

    public override bool Includes => true;

    protected override BsonValue? Change(BsonArray array, int? positionalIndex, Variables variables)
    {
        var position = -1;
        return _predicate.Matches(array, variables, ref position) ? new BsonArray { array[position] } : null;
    }
}
