using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>The units of time in <c>$dateAdd</c>, <c>$dateDiff</c>, <c>$dateTrunc</c> and time windows.</summary>
internal static class DateUnit
{
    /// <summary>The unit's name, checked.</summary>
    public static string Parse(BsonValue? unit) => Operand.String(unit, "unit", 5439013) is var name && name is "year" or "quarter" or "month" || Milliseconds(name) is not null
        ? name
        : throw MongoCommandFailedException.FailedToParse($"unknown time unit value: {name}");

    /// <summary>How long the unit is, or null if that depends on the calendar.</summary>
    public static long? Milliseconds(string unit) => unit switch
    {
        "week" => 7 * 86_400_000L,
        "day" => 86_400_000L,
        "hour" => 3_600_000L,
        "minute" => 60_000L,
        "second" => 1_000L,
        "millisecond" => 1L,
        _ => null,
    };

    /// <summary>How many months the unit has; 0 if it is shorter.</summary>
    public static int Months(string unit) => unit switch
    {
        "year" => 12,
        "quarter" => 3,
        "month" => 1,
        _ => 0,
    };

    /// <summary>Whether the unit's beginning depends on the time zone's clocks: a day or longer.</summary>
    public static bool IsCivil(string unit) => unit is "year" or "quarter" or "month" or "week" or "day";

    /// <summary>The <c>startOfWeek</c> of an operator; Sunday if it is missing.</summary>
    public static DayOfWeek StartOfWeek(BsonValue? value)
    {
        if (value is null) return DayOfWeek.Sunday;
        var text = Operand.String(value, "startOfWeek", 5439015).ToLowerInvariant();
        foreach (var day in Enum.GetValues<DayOfWeek>())
        {
            var name = day.ToString().ToLowerInvariant();
            if (text == name || text == name[..3]) return day;
        }

        throw MongoCommandFailedException.FailedToParse($"unknown day of week value: {text}");
    }
}
