using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary><c>$currentDate</c>: <c>true</c>, <c>{$type: "date"}</c> or <c>{$type: "timestamp"}</c>.</summary>
internal sealed class CurrentDateOperator : FieldOperator
{
    private readonly bool _isTimestamp;

    public CurrentDateOperator(BsonElement field)
    {
        switch (field.Value)
        {
            case BsonBoolean:
                break;
            case BsonDocument { ElementCount: 1 } document when document.GetElement(0) is { Name: "$type", Value: BsonString { Value: "date" or "timestamp" } type }:
                _isTimestamp = type.Value == "timestamp";
                break;
            case BsonDocument:
                throw MongoCommandFailedException.BadValue("The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}");
            default:
                throw MongoCommandFailedException.BadValue(
                    $"{BsonTypeNames.Of(field.Value.BsonType)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({{$type: 'timestamp/date'}}).");
        }
    }

    public override BsonValue? Apply(BsonValue? current, FieldPlace place)
    {
        var now = place.Context.Now;
        BsonValue value = _isTimestamp ? new BsonTimestamp((int)now.ToUnixTimeSeconds(), 1) : new BsonDateTime(now.ToUnixTimeMilliseconds());
        return IsSame(current, value) ? current : value;
    }
}
