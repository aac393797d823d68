using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary><c>$setOnInsert</c>: applies only to a document an upsert makes.</summary>
internal sealed class SetOnInsertOperator(BsonValue value) : FieldOperator
{
    public override bool IsActive(UpdateContext context) => context.IsInsert;

    public override BsonValue? Apply(BsonValue? current, FieldPlace place) => IsSame(current, value) ? current : value;
}
