using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary><c>$unset</c>: removes a field; an array element becomes null, so that the others keep their places.</summary>
internal sealed class UnsetOperator : FieldOperator
{
    public override bool Creates => false;

    public override BsonValue? Apply(BsonValue? current, FieldPlace place) => null;
}
