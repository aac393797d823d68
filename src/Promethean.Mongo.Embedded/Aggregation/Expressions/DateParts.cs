using System.Globalization;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$dateFromParts</c>, <c>$dateToParts</c> and <c>$dateFromString</c>, each with a page in the manual.</summary>
internal static class DateParts
{
    private static readonly string[] Times = ["hour", "minute", "second", "millisecond", "timezone"];
    private static readonly string[] Calendar = ["month", "day", .. Times];
    private static readonly string[] Iso = ["isoWeek", "isoDayOfWeek", .. Times];

    public static void AddTo(OperatorTable table)
    {
        table.Add("$dateFromParts", ParseFromParts);
        table.AddNamed("$dateToParts", ["date"], ["timezone", "iso8601"], ToParts);
        table.Add("$dateFromString", ParseFromString);
    }

    private static FunctionExpression ParseFromParts(BsonValue value, ParseScope scope)
    {
        var isIso = value is BsonDocument document && document.Contains("isoWeekYear");
        var named = isIso
            ? new NamedArguments("$dateFromParts", value, ["isoWeekYear"], Iso)
            : new NamedArguments("$dateFromParts", value, ["year"], Calendar);
        string[] names = isIso ? ["isoWeekYear", .. Iso] : ["year", .. Calendar];
        return new FunctionExpression([.. names.Select(name => named.Parse(name, scope))], values => FromParts(values, names, named, isIso));
    }

    private static BsonValue FromParts(BsonValue?[] values, string[] names, NamedArguments named, bool isIso)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (named[names[i]] is not null && Operand.IsNullish(values[i])) return BsonNull.Value;
        }

        var year = Part(values[0], names[0], 0);
        if (year is < 1 or > 9999) throw MongoCommandFailedException.Location(40523, $"'{names[0]}' must evaluate to an integer in the range 1 to 9999, found {year}");
        try
        {
            var date = isIso
                ? ISOWeek.ToDateTime(year, 1, DayOfWeek.Monday).AddDays((7 * (Part(values[1], names[1], 1) - 1)) + Part(values[2], names[2], 1) - 1)
                : new DateTime(year, 1, 1).AddMonths(Part(values[1], names[1], 1) - 1).AddDays(Part(values[2], names[2], 1) - 1);
            date = date.AddHours(Part(values[3], names[3], 0)).AddMinutes(Part(values[4], names[4], 0))
                .AddSeconds(Part(values[5], names[5], 0)).AddMilliseconds(Part(values[6], names[6], 0));
            return new BsonDateTime(DateZone.Of(values[7]).Instant(date));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new MongoCommandFailedException(MongoErrorCode.Overflow, "the date is outside of the years 1 to 9999");
        }
    }

    private static int Part(BsonValue? value, string name, int otherwise)
    {
        if (value is null) return otherwise;
        if (!Numbers.TryToInt64(value, out var part)) throw MongoCommandFailedException.Location(40515, $"'{name}' must evaluate to an integer, found {Operand.TypeOf(value)} with value {value}");
        return part is >= short.MinValue and <= short.MaxValue || name == "millisecond"
            ? (int)Math.Clamp(part, int.MinValue, int.MaxValue)
            : throw MongoCommandFailedException.Location(31034, $"'{name}' must evaluate to a value in the range [-32768, 32767]; value {part} is not in range");
    }

    private static BsonValue ToParts(BsonValue?[] values)
    {
        if (Operand.IsNullish(values[0]) || values[1] is BsonNull || values[2] is BsonNull) return BsonNull.Value;
        if (values[2] is not (null or BsonBoolean)) throw MongoCommandFailedException.Location(40521, $"iso8601 must evaluate to a bool, found {Operand.TypeOf(values[2])}");
        var time = DateZone.Of(values[1]).Civil(DateOperators.Milliseconds(values[0], "$dateToParts"));
        var parts = values[2] is BsonBoolean { Value: true }
            ? new BsonDocument
            {
                { "isoWeekYear", ISOWeek.GetYear(time) },
                { "isoWeek", ISOWeek.GetWeekOfYear(time) },
                { "isoDayOfWeek", time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek },
            }
            : new BsonDocument { { "year", time.Year }, { "month", time.Month }, { "day", time.Day } };
        return parts.AddRange(new BsonDocument
        {
            { "hour", time.Hour }, { "minute", time.Minute }, { "second", time.Second }, { "millisecond", time.Millisecond },
        });
    }

    private static Expression ParseFromString(BsonValue value, ParseScope scope)
    {
        var named = new NamedArguments("$dateFromString", value, ["dateString"], ["format", "timezone", "onError", "onNull"]);
        return new DateFromStringExpression(
            named.ParseRequired("dateString", scope),
            named.Parse("format", scope),
            named.Parse("timezone", scope),
            named.Parse("onError", scope),
            named.Parse("onNull", scope));
    }
}
