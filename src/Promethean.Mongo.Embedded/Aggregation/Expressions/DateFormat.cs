using System.Globalization;
using System.Text;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>The format specifiers of <c>$dateToString</c> ("Format Specifiers" in the manual).</summary>
internal static class DateFormat
{
    /// <summary>Prints milliseconds since 1970 (UTC) as seen at an offset from UTC.</summary>
    public static string Print(long milliseconds, string format, TimeSpan offset)
    {
        var time = DateOperators.Civil(milliseconds, offset);
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            if (++i == format.Length) throw MongoCommandFailedException.Location(18535, "Unmatched '%' at end of format string");
            text.Append(Field(time, offset, format[i]));
        }

        return text.ToString();
    }

    private static string Field(DateTime time, TimeSpan offset, char specifier) => specifier switch
    {
        '%' => "%",
        'Y' => Digits(time.Year, 4),
        'm' => Digits(time.Month, 2),
        'd' => Digits(time.Day, 2),
        'H' => Digits(time.Hour, 2),
        'M' => Digits(time.Minute, 2),
        'S' => Digits(time.Second, 2),
        'L' => Digits(time.Millisecond, 3),
        'j' => Digits(time.DayOfYear, 3),
        'b' => time.ToString("MMM", CultureInfo.InvariantCulture),
        'B' => time.ToString("MMMM", CultureInfo.InvariantCulture),
        'w' => Digits((int)time.DayOfWeek + 1, 1),
        'u' => Digits(time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek, 1),
        'U' => Digits(DateOperators.WeekOfYear(time), 2),
        'V' => Digits(ISOWeek.GetWeekOfYear(time), 2),
        'G' => Digits(ISOWeek.GetYear(time), 4),
        'z' => $"{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hhmm}",
        'Z' => ((int)offset.TotalMinutes).ToString("+0;-0;+0", CultureInfo.InvariantCulture),
        _ => throw MongoCommandFailedException.Location(18536, $"Invalid format character '%{specifier}' in format string"),
    };

    private static string Digits(int number, int width) => number.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0');
}
