using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary><c>$set</c>.</summary>
internal sealed class SetOperator(BsonValue value) : FieldOperator
{
    public override BsonValue? Apply(BsonValue? current, FieldPlace place) => IsSame(current, value) ? current : value;
}
