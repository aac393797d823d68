namespace Promethean.Broker;

/// <summary>When a WebSocket has to ping so that a half-open link is found within interval and timeout.</summary>
internal static class KeepAliveSchedule
{
    /// <summary>How long the WebSocket is to bear silence before it pings.</summary>
    /// <remarks>.NET's WebSocket looks every quarter of the shorter of the two durations it was given, so that both its ping and its
    /// giving up come up to one such tick late: with 15 s and 10 s it took 30 s. Pinging two ticks earlier keeps the sum, and the other
    /// side keeps all of its time to answer.</remarks>
    public static TimeSpan SilenceBeforePing(TimeSpan interval, TimeSpan timeout)
    {
        // Where the timeout is the shorter, a tick is a quarter of it; otherwise a quarter of what is returned.
        var silence = interval - (timeout / 2) >= timeout ? interval - (timeout / 2) : interval * 2 / 3;
        return silence < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : silence;
    }
}
