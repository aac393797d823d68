using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$dateAdd</c>, <c>$dateSubtract</c>, <c>$dateDiff</c> and <c>$dateTrunc</c>, each with a page in the manual.</summary>
internal static class DateArithmetic
{
    private static readonly DateTime Reference = new(2000, 1, 1);

    public static void AddTo(OperatorTable table)
    {
        table.AddNamed("$dateAdd", ["startDate", "unit", "amount"], ["timezone"], values => Shift(values, "$dateAdd", 1));
        table.AddNamed("$dateSubtract", ["startDate", "unit", "amount"], ["timezone"], values => Shift(values, "$dateSubtract", -1));
        table.AddNamed("$dateDiff", ["startDate", "endDate", "unit"], ["timezone", "startOfWeek"], Difference);
        table.AddNamed("$dateTrunc", ["date", "unit"], ["binSize", "timezone", "startOfWeek"], Truncate);
    }

    /// <summary>The instant so many units later; a day that the month does not have becomes its last.</summary>
    public static long Add(long milliseconds, string unit, long amount, DateZone zone)
    {
        try
        {
            if (!DateUnit.IsCivil(unit)) return checked(milliseconds + (amount * DateUnit.Milliseconds(unit)!.Value));
            var civil = zone.Civil(milliseconds);
            return zone.Instant(DateUnit.Months(unit) is var months and > 0
                ? civil.AddMonths(checked((int)(months * amount)))
                : civil.AddMilliseconds(checked(amount * DateUnit.Milliseconds(unit)!.Value)));
        }
        catch (Exception failure) when (failure is OverflowException or ArgumentOutOfRangeException)
        {
            throw MongoCommandFailedException.Location(5166406, $"date overflow: {amount} {unit} from {milliseconds}");
        }
    }

    private static BsonValue Shift(BsonValue?[] values, string name, int sign)
    {
        if (values.Take(3).Any(Operand.IsNullish) || values[3] is BsonNull) return BsonNull.Value;
        var start = DateOperators.Milliseconds(values[0], name);
        var unit = DateUnit.Parse(values[1]);
        if (!Numbers.TryToInt64(values[2]!, out var amount)) throw MongoCommandFailedException.Location(5166405, $"{name} expects integer amount of time units");
        return new BsonDateTime(Add(start, unit, sign * amount, DateZone.Of(values[3])));
    }

    private static BsonValue Difference(BsonValue?[] values)
    {
        if (values.Take(3).Any(Operand.IsNullish) || values.Skip(3).Any(value => value is BsonNull)) return BsonNull.Value;
        var unit = DateUnit.Parse(values[2]);
        var zone = DateZone.Of(values[3]);
        var start = DateOperators.Milliseconds(values[0], "$dateDiff");
        var end = DateOperators.Milliseconds(values[1], "$dateDiff");
        var (from, to) = (zone.Civil(start), zone.Civil(end));
        if (DateUnit.Months(unit) is var months and > 0) return (long)((MonthOf(to) / months) - (MonthOf(from) / months));
        if (unit == "day") return (long)(to.Date - from.Date).Days;
        if (unit == "week")
        {
            var first = DateUnit.StartOfWeek(values[4]);
            return (long)((WeekStart(to, first) - WeekStart(from, first)).Days / 7);
        }

        // What the clocks were set on or back between the two did not pass.
        var length = DateUnit.Milliseconds(unit)!.Value;
        var (fromOffset, toOffset) = ((long)zone.OffsetAt(start).TotalMilliseconds, (long)zone.OffsetAt(end).TotalMilliseconds);
        return Floor(end + toOffset, length) - Floor(start + fromOffset, length) - ((toOffset - fromOffset) / length);
    }

    private static BsonValue Truncate(BsonValue?[] values)
    {
        if (Operand.IsNullish(values[0]) || Operand.IsNullish(values[1]) || values.Skip(2).Any(value => value is BsonNull)) return BsonNull.Value;
        var milliseconds = DateOperators.Milliseconds(values[0], "$dateTrunc");
        var unit = DateUnit.Parse(values[1]);
        var size = 1L;
        if (values[2] is { } given && (!Numbers.TryToInt64(given, out size) || size < 1))
        {
            throw MongoCommandFailedException.Location(5439018, $"$dateTrunc requires 'binSize' to be a positive 64-bit integer, but got value '{given}'");
        }

        try
        {
            return new BsonDateTime(Floor(milliseconds, unit, size, DateZone.Of(values[3]), DateUnit.StartOfWeek(values[4])));
        }
        catch (Exception failure) when (failure is OverflowException or ArgumentOutOfRangeException)
        {
            throw new MongoCommandFailedException(MongoErrorCode.Overflow, $"$dateTrunc to {size} {unit} left the years 1 to 9999");
        }
    }

    private static long Floor(long milliseconds, string unit, long size, DateZone zone, DayOfWeek startOfWeek)
    {
        var civil = zone.Civil(milliseconds);
        if (DateUnit.Months(unit) is var months and > 0)
        {
            var bin = checked(months * size);
            return zone.Instant(Reference.AddMonths(checked((int)(Floor(MonthOf(civil) - MonthOf(Reference), bin) * bin))));
        }

        var origin = unit == "week" ? WeekStart(Reference.AddDays(6), startOfWeek) : Reference;
        var length = checked(DateUnit.Milliseconds(unit)!.Value * size);
        if (DateUnit.IsCivil(unit))
        {
            var passed = (civil - origin).Ticks / TimeSpan.TicksPerMillisecond;
            return zone.Instant(origin.AddMilliseconds(checked(Floor(passed, length) * length)));
        }

        var start = zone.Instant(origin);
        return checked(start + (Floor(milliseconds - start, length) * length));
    }

    private static int MonthOf(DateTime date) => (date.Year * 12) + date.Month - 1;

    private static DateTime WeekStart(DateTime date, DayOfWeek first) => date.Date.AddDays(-((7 + (int)date.DayOfWeek - (int)first) % 7));

    private static long Floor(long value, long divisor) => (value / divisor) - (value % divisor < 0 ? 1 : 0);
}
