namespace Promethean.Mongo.Embedded.Wire;

/// <summary>
/// The time by which one connection must have got on. Setting it makes no timer: the listener looks at all of them every few seconds,
/// and closes the connections whose time is over.
/// </summary>
internal sealed class ConnectionDeadline(TimeProvider time)
{
    // Whoever is slower than this is not slow but gone, or means harm.
    private const double LeastBytesPerSecond = 64 * 1024;

    private long _due = long.MaxValue;

    public bool IsOver => time.GetTimestamp() > Volatile.Read(ref _due);

    /// <summary>Gives the connection this long from now, and longer for many bytes.</summary>
    public void Within(TimeSpan limit, int bytes = 0)
    {
        var seconds = limit.TotalSeconds + (bytes / LeastBytesPerSecond);
        Volatile.Write(ref _due, time.GetTimestamp() + (long)(seconds * time.TimestampFrequency));
    }

    /// <summary>Gives it all the time in the world.</summary>
    public void Lift() => Volatile.Write(ref _due, long.MaxValue);
}
