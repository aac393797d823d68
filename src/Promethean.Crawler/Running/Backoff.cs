namespace Promethean.Crawler;

/// <summary>Delays that double.</summary>
internal static class Backoff
{
    /// <summary>The delay after a number of failures, from 1.</summary>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest)
    {
        var delay = first.Ticks * Math.Pow(2, Math.Min(failures - 1, 40));
        return delay >= longest.Ticks ? longest : TimeSpan.FromTicks((long)delay);
    }
}
