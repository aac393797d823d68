using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.FailPoints;

/// <summary>
/// One fail point that is switched on: whom it concerns, and how often it fires. The modes are those of "failCommand" in MongoDB's
/// documentation for drivers: <c>"alwaysOn"</c>, <c>{times: n}</c>, <c>{skip: n}</c>. Safe for any number of threads.
/// </summary>
internal sealed class FailPoint
{
    private readonly long _skip;
    private readonly long _times;
    private long _passed;
    private long _fired;

    private FailPoint(FailPointSettings settings, long skip, long times)
    {
        Settings = settings;
        _skip = skip;
        _times = times;
    }

    public FailPointSettings Settings { get; }

    /// <summary>How often it has fired: what the next configureFailPoint of the same name answers.</summary>
    public long Fired => Interlocked.Read(ref _fired);

    /// <summary>Reads a mode; null for <c>"off"</c>.</summary>
    /// <exception cref="MongoCommandFailedException">Code 9 or 2: no such mode.</exception>
    public static FailPoint? Parse(BsonValue? mode, FailPointSettings settings)
    {
        switch (mode)
        {
            case BsonString { Value: "off" }:
                return null;
            case BsonString { Value: "alwaysOn" }:
                return new FailPoint(settings, 0, long.MaxValue);
            case BsonDocument { ElementCount: 1 } counted when counted.GetElement(0) is { Name: "times" or "skip", Value: { IsNumeric: true } number } element:
                var count = number.ToInt64();
                if (count < 0) throw MongoCommandFailedException.BadValue($"'{element.Name}' must be greater than or equal to 0");
                return element.Name == "times" ? new FailPoint(settings, 0, count) : new FailPoint(settings, count, long.MaxValue);
            case null:
                throw MongoCommandFailedException.Location(40414, "BSON field 'configureFailPoint.mode' is missing but a required field");
            default:
                throw MongoCommandFailedException.BadValue($"unknown fail point mode: {mode}. Known are 'off', 'alwaysOn', {{times: n}} and {{skip: n}}");
        }
    }

    /// <summary>Whether it fires for one occasion that concerns it; each call counts as one.</summary>
    public bool Fires()
    {
        var occasion = Interlocked.Increment(ref _passed);
        if (occasion <= _skip || occasion - _skip > _times) return false;
        Interlocked.Increment(ref _fired);
        return true;
    }
}
