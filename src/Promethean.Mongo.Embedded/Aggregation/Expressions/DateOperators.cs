using System.Globalization;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>"Date Expression Operators" in the manual: the parts of a date, and <c>$dateToString</c>, in UTC or a time zone.</summary>
internal static class DateOperators
{
    private const string DefaultFormat = "%Y-%m-%dT%H:%M:%S.%LZ";
    private const string LocalFormat = "%Y-%m-%dT%H:%M:%S.%L";

    public static void AddTo(OperatorTable table)
    {
        AddPart(table, "$year", time => time.Year);
        AddPart(table, "$month", time => time.Month);
        AddPart(table, "$dayOfMonth", time => time.Day);
        AddPart(table, "$dayOfYear", time => time.DayOfYear);
        AddPart(table, "$dayOfWeek", time => (int)time.DayOfWeek + 1);
        AddPart(table, "$hour", time => time.Hour);
        AddPart(table, "$minute", time => time.Minute);
        AddPart(table, "$second", time => time.Second);
        AddPart(table, "$millisecond", time => time.Millisecond);
        AddPart(table, "$week", time => WeekOfYear(time));
        AddPart(table, "$isoWeek", time => ISOWeek.GetWeekOfYear(time));
        AddPart(table, "$isoWeekYear", time => (long)ISOWeek.GetYear(time));
        AddPart(table, "$isoDayOfWeek", time => time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek);
        table.Add("$dateToString", ParseToString);
    }

    /// <summary>The week of the year, 0 to 53, weeks beginning on Sunday.</summary>
    public static int WeekOfYear(DateTime time) => (time.DayOfYear + 6 - (int)time.DayOfWeek) / 7;

    /// <summary>The date and time that clocks at an offset from UTC show.</summary>
    public static DateTime Civil(long milliseconds, TimeSpan offset)
    {
        try
        {
            return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToOffset(offset).DateTime;
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new MongoCommandFailedException(MongoErrorCode.Overflow, $"the date {milliseconds} ms is outside of the years 1 to 9999");
        }
    }

    private static void AddPart(OperatorTable table, string name, Func<DateTime, BsonValue> part) => table.Add(name, (value, scope) =>
    {
        if (value is BsonDocument document && document.Contains("date"))
        {
            var named = new NamedArguments(name, value, ["date"], ["timezone"]);
            return new FunctionExpression([named.Parse("date", scope), named.Parse("timezone", scope)], values =>
                Operand.IsNullish(values[0]) || values[1] is BsonNull or BsonUndefined
                    ? BsonNull.Value
                    : part(DateZone.Of(values[1]).Civil(Milliseconds(values[0], name))));
        }

        return new FunctionExpression(OperatorTable.Arguments(name, value, scope, 1, 1), values =>
            Operand.IsNullish(values[0]) ? BsonNull.Value : part(Civil(Milliseconds(values[0], name), TimeSpan.Zero)));
    });

    private static FunctionExpression ParseToString(BsonValue value, ParseScope scope)
    {
        var named = new NamedArguments("$dateToString", value, ["date"], ["format", "timezone", "onNull"]);
        var hasOnNull = named["onNull"] is not null;
        return new FunctionExpression(
            [named.Parse("date", scope), named.Parse("format", scope), named.Parse("timezone", scope), named.Parse("onNull", scope)],
            values =>
            {
                if (Operand.IsNullish(values[0])) return hasOnNull ? values[3] : BsonNull.Value;
                if (values[1] is BsonNull || values[2] is BsonNull) return BsonNull.Value;
                var milliseconds = Milliseconds(values[0], "$dateToString");
                var format = values[1] is null ? values[2] is null ? DefaultFormat : LocalFormat : Operand.String(values[1], "$dateToString", 18533);
                return DateFormat.Print(milliseconds, format, DateZone.Of(values[2]).OffsetAt(milliseconds));
            });
    }

    /// <summary>The instant a value stands for.</summary>
    public static long Milliseconds(BsonValue? value, string name) => value switch
    {
        BsonDateTime date => date.MillisecondsSinceEpoch,
        BsonTimestamp stamp => stamp.Timestamp * 1000L,
        BsonObjectId id => id.Value.Timestamp * 1000L,
        _ => throw MongoCommandFailedException.Location(16006, $"can't convert from BSON type {Operand.TypeOf(value)} to Date ({name})"),
    };
}
