using System.Globalization;

namespace Promethean.Tool;

/// <summary>Durations as they are typed: a number and <c>ms</c>, <c>s</c>, <c>m</c> or <c>h</c>.</summary>
internal static class Duration
{
    public const string Takes = "a duration of at most a day, such as 500ms, 60s, 5m or 2h";

    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
    ];

    /// <summary>Reads a duration of more than zero and at most a day.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        foreach (var (suffix, unit) in Units)
        {
            // "ms" ends in "s" too, but what stands before that is no number then.
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number * unit.TotalDays <= 1)
            {
                duration = number * unit;
                return duration >= TimeSpan.FromMilliseconds(1);
            }
        }

        return false;
    }
}
