namespace Promethean.Crawler;

/// <summary>Moments as BSON keeps them: whole milliseconds.</summary>
internal static class MongoTime
{
    /// <summary>Rounded up, so that a wait never ends early.</summary>
    public static DateTime Ceiling(DateTimeOffset time)
    {
        var rest = time.UtcTicks % TimeSpan.TicksPerMillisecond;
        return (rest == 0 ? time : time.AddTicks(TimeSpan.TicksPerMillisecond - rest)).UtcDateTime;
    }
}
