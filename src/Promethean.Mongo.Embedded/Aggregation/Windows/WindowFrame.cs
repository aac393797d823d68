using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Aggregation.Stages;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation.Windows;

/// <summary>Which neighbours of a document are in its window: by their number, or by how near they sort.</summary>
internal sealed class WindowFrame
{
    private readonly BsonValue? _lower;
    private readonly BsonValue? _upper;
    private readonly bool _isRange;
    private readonly string? _unit;

    private WindowFrame(BsonValue? lower, BsonValue? upper, bool isRange, string? unit)
    {
        _lower = lower;
        _upper = upper;
        _isRange = isRange;
        _unit = unit;
    }

    /// <summary>The whole partition.</summary>
    public static WindowFrame All { get; } = new(null, null, isRange: false, null);

    /// <summary>Whether the window begins with the partition, so that it only ever grows.</summary>
    public bool Grows => _lower is null;

    /// <summary>Reads <c>{documents: [lower, upper]}</c> or <c>{range: [lower, upper], unit}</c>.</summary>
    public static WindowFrame Parse(BsonValue value, SortOrder? order)
    {
        var arguments = new StageArguments("window", value, "documents", "range", "unit");
        if (value.AsBsonDocument.ElementCount == 0) return All;
        var isRange = arguments["range"] is not null;
        if (isRange == arguments["documents"] is not null || (!isRange && arguments["unit"] is not null))
        {
            throw MongoCommandFailedException.FailedToParse("Window bounds can specify either 'documents' or 'range', and 'unit' only with 'range'");
        }

        if (arguments.Required(isRange ? "range" : "documents") is not BsonArray { Count: 2 } bounds)
        {
            throw MongoCommandFailedException.FailedToParse("Window bounds must be a 2-element array");
        }

        var unit = arguments["unit"] is { } name ? DateUnit.Parse(name) : null;
        var (lower, upper) = (Bound(bounds[0], isRange && unit is null), Bound(bounds[1], isRange && unit is null));
        if (order is null && (isRange || lower is not null || upper is not null))
        {
            throw MongoCommandFailedException.Location(5339901, isRange ? "Range-based bounds require sortBy a single field" : "Document-based bounds require a sortBy");
        }

        if (isRange && order!.Paths.Count != 1) throw MongoCommandFailedException.Location(5339902, "Range-based bounds require sortBy a single field");
        if (isRange && order!.Descending[0]) throw MongoCommandFailedException.Location(8947401, "Range-based bounds require sortBy an ascending field");

        if (lower is not null && upper is not null && BsonOrder.Compare(lower, upper) > 0)
        {
            throw MongoCommandFailedException.Location(5339900, $"Lower bound must not exceed upper bound: {bounds}");
        }

        return new WindowFrame(lower, upper, isRange, unit);
    }

    /// <summary>The first place in the window of a document and the one after the last.</summary>
    public (int Start, int End) Of(WindowPartition partition, int place)
    {
        if (_isRange) return Near(partition, place);
        var start = _lower is null ? 0 : place + _lower.ToInt64();
        var end = _upper is null ? partition.Count : place + _upper.ToInt64() + 1;
        var from = (int)Math.Clamp(start, 0, partition.Count);
        return (from, (int)Math.Clamp(end, from, partition.Count));
    }

    // Null stands for "unbounded", zero for "current".
    private static BsonValue? Bound(BsonValue bound, bool mayBeFraction) => bound switch
    {
        BsonString { Value: "unbounded" } => null,
        BsonString { Value: "current" } => new BsonInt32(0),
        _ when Numbers.IsNumber(bound) && (mayBeFraction || Numbers.TryToInt32(bound, out _)) => bound,
        _ => throw MongoCommandFailedException.FailedToParse($"Bounds that count documents or units of time must be integers: {bound}"),
    };

    private (int Start, int End) Near(WindowPartition partition, int place)
    {
        var value = partition.SortValue(place);
        if (_unit is null ? !Numbers.IsNumber(value) : value is not BsonDateTime)
        {
            throw MongoCommandFailedException.Location(5429414, $"Invalid range: Expected the sortBy field to be a {(_unit is null ? "number" : "date")}, but it was {Operand.TypeOf(value)}");
        }

        var start = _lower is null ? 0 : First(partition, Shift(value, _lower), orEqual: true);
        var end = _upper is null ? partition.Count : First(partition, Shift(value, _upper), orEqual: false);
        return (start, Math.Max(start, end));
    }

    // The first place that sorts after a value, or with it.
    private static int First(WindowPartition partition, BsonValue value, bool orEqual)
    {
        var (low, high) = (0, partition.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = BsonOrder.Compare(partition.SortValue(middle), value);
            if (order > 0 || (order == 0 && orEqual)) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    private BsonValue Shift(BsonValue value, BsonValue distance) => _unit is null
        ? Arithmetic.Add(value, distance) ?? new BsonDouble(Numbers.ToDouble(value) + Numbers.ToDouble(distance))
        : new BsonDateTime(DateArithmetic.Add(value.AsBsonDateTime.MillisecondsSinceEpoch, _unit, distance.ToInt64(), DateZone.Of(null)));
}
