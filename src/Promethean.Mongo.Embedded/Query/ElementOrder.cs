using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Query;

/// <summary>The order of array elements that <c>$push</c>'s <c>$sort</c> and <c>$sortArray</c> take: 1 or -1 for whole values, or a sort of their fields.</summary>
internal sealed class ElementOrder : IComparer<BsonValue>
{
    private static readonly BsonDocument NoFields = [];

    private readonly SortOrder? _fields;
    private readonly int _direction;

    private ElementOrder(SortOrder? fields, int direction)
    {
        _fields = fields;
        _direction = direction;
    }

    /// <summary>Reads the specification.</summary>
    public static ElementOrder Parse(BsonValue specification) => specification switch
    {
        BsonDocument { ElementCount: > 0 } fields => new ElementOrder(SortOrder.Parse(fields), 1),
        _ when Numbers.IsNumber(specification) && Numbers.TryToInt64(specification, out var direction) && direction is 1 or -1
            => new ElementOrder(null, (int)Numbers.ToDouble(specification)),
        _ => throw MongoCommandFailedException.BadValue("The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields"),
    };

    public int Compare(BsonValue? x, BsonValue? y) => _fields is null
        ? _direction * BsonOrder.Compare(x!, y!)
        : _fields.Compare(x as BsonDocument ?? NoFields, y as BsonDocument ?? NoFields);
}
