using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary><c>$push</c> with <c>$each</c>, <c>$position</c>, <c>$sort</c> and <c>$slice</c>, which apply in that order.</summary>
internal sealed class PushOperator : FieldOperator
{
    private readonly BsonArray _items;
    private readonly int? _position;
    private readonly int? _slice;
    private readonly IComparer<BsonValue>? _order;

    public PushOperator(BsonElement field)
    {
        if (field.Value is not BsonDocument modifiers || !modifiers.Contains("$each"))
        {
            _items = [field.Value];
            return;
        }

        _items = EachClause.Items("$push", modifiers);
        foreach (var clause in modifiers)
        {
            switch (clause.Name)
            {
                case "$each":
                    break;
                case "$position":
                    _position = Integer(clause);
                    break;
                case "$slice":
                    _slice = Integer(clause);
                    break;
                case "$sort":
                    _order = ElementOrder.Parse(clause.Value);
                    break;
                default:
                    throw MongoCommandFailedException.BadValue($"Unrecognized clause in $push: {clause.Name}");
            }
        }
    }

    public override BsonValue? Apply(BsonValue? current, FieldPlace place)
    {
        if (current is not (null or BsonArray))
        {
            throw MongoCommandFailedException.BadValue(
                $"The field '{place.Field}' must be an array but is of type {BsonTypeNames.Of(current.BsonType)} in document {place.Id}");
        }

        var items = new List<BsonValue>((BsonArray?)current ?? []);
        items.InsertRange(Place(items.Count), _items);
        if (_order is not null) items = [.. items.Order(_order)];
        if (_slice is { } slice) items = slice >= 0 ? [.. items.Take(slice)] : [.. items.TakeLast(-slice)];
        var result = new BsonArray(items);
        return IsSame(current, result) ? current : result;
    }

    private int Place(int count) => _position switch
    {
        null => count,
        < 0 => Math.Max(0, count + _position.Value),
        _ => Math.Min(count, _position.Value),
    };

    private static int Integer(BsonElement clause)
    {
        if (!Numbers.IsNumber(clause.Value) || !Numbers.TryToInt64(clause.Value, out var number))
        {
            throw MongoCommandFailedException.BadValue(
                $"The value for {clause.Name} must be an integer value but was given type: {BsonTypeNames.Of(clause.Value.BsonType)}");
        }

        return (int)Math.Clamp(number, -int.MaxValue, int.MaxValue);
    }
}
