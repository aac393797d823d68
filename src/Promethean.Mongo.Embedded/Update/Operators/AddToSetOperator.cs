using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary><c>$addToSet</c>: appends what the array does not hold yet.</summary>
internal sealed class AddToSetOperator : FieldOperator
{
    private readonly BsonArray _items;

    public AddToSetOperator(BsonElement field)
    {
        if (field.Value is BsonDocument { ElementCount: > 0 } modifiers && modifiers.GetElement(0).Name == "$each")
        {
            if (modifiers.ElementCount > 1) throw MongoCommandFailedException.BadValue($"Found unexpected fields after $each in $addToSet: {modifiers}");
            _items = EachClause.Items("$addToSet", modifiers);
        }
        else
        {
            _items = [field.Value];
        }
    }

    public override BsonValue? Apply(BsonValue? current, FieldPlace place)
    {
        if (current is not (null or BsonArray))
        {
            throw MongoCommandFailedException.BadValue(
                $"Cannot apply $addToSet to non-array field. Field named '{place.Field}' has non-array type {BsonTypeNames.Of(current.BsonType)}");
        }

        var array = (BsonArray?)current ?? [];
        var known = new HashSet<BsonValue>(array, BsonOrder.Instance);
        var added = new List<BsonValue>();
        foreach (var item in _items)
        {
            if (known.Add(item)) added.Add(item);
        }

        return added.Count == 0 && current is not null ? current : new BsonArray(array.Concat(added));
    }
}
