using System.Globalization;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>The <c>timezone</c> of a date operator: "+05:30", "-03", "UTC" or an Olson name, whose offset depends on the instant.</summary>
internal sealed class DateZone
{
    private static readonly DateZone Utc = new(TimeSpan.Zero, null);

    private readonly TimeSpan _offset;
    private readonly TimeZoneInfo? _zone;

    private DateZone(TimeSpan offset, TimeZoneInfo? zone)
    {
        _offset = offset;
        _zone = zone;
    }

    /// <summary>Reads a zone; UTC if it is missing.</summary>
    public static DateZone Of(BsonValue? zone) => zone is null ? Utc : Parse(Operand.String(zone, "timezone", 40517));

    /// <summary>Reads a zone.</summary>
    public static DateZone Parse(string text)
    {
        if (text is "UTC" or "GMT" or "Z") return Utc;
        if (text is ['+' or '-', ..]
            && TimeSpan.TryParseExact(text[1..], ["hh\\:mm", "hhmm", "hh"], CultureInfo.InvariantCulture, out var offset))
        {
            return new DateZone(text[0] == '-' ? -offset : offset, null);
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(text, out var found)
            ? new DateZone(TimeSpan.Zero, found)
            : throw MongoCommandFailedException.Location(40485, $"unrecognized time zone identifier: \"{text}\"");
    }

    /// <summary>How far the zone's clocks are from UTC at an instant.</summary>
    public TimeSpan OffsetAt(long milliseconds) =>
        _zone?.GetUtcOffset(DateTime.SpecifyKind(DateOperators.Civil(milliseconds, TimeSpan.Zero), DateTimeKind.Utc)) ?? _offset;

    /// <summary>The date and time the zone's clocks show.</summary>
    public DateTime Civil(long milliseconds) => DateOperators.Civil(milliseconds, _zone is null ? _offset : OffsetAt(milliseconds));

    /// <summary>The instant at which the zone's clocks show a date and time; one that they skip counts from before the gap.</summary>
    public long Instant(DateTime civil)
    {
        var offset = _offset;
        if (_zone is not null) offset = _zone.GetUtcOffset(DateTime.SpecifyKind(civil, DateTimeKind.Unspecified));
        return (civil - DateTime.UnixEpoch - offset).Ticks / TimeSpan.TicksPerMillisecond;
    }
}
