using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary><c>$pullAll</c>: removes the elements that equal one of the values.</summary>
internal sealed class PullAllOperator : FieldOperator
{
    private readonly HashSet<BsonValue> _values;

    public PullAllOperator(BsonElement field)
    {
        if (field.Value is not BsonArray values)
        {
            throw MongoCommandFailedException.BadValue($"$pullAll requires an array argument but was given a {BsonTypeNames.Of(field.Value.BsonType)}");
        }

        _values = new HashSet<BsonValue>(values, BsonOrder.Instance);
    }

    public override bool Creates => false;

    public override BsonValue? Apply(BsonValue? current, FieldPlace place)
    {
        if (current is null) return null;
        if (current is not BsonArray array) throw MongoCommandFailedException.BadValue("Cannot apply $pull to a non-array value");
        var kept = new BsonArray(array.Where(item => !_values.Contains(item)));
        return kept.Count == array.Count ? current : kept;
    }
}
