namespace Promethean.Broker.Bench;

/// <summary>Time in µs as finely as the clock counts: what is measured here can be less than a <see cref="TimeSpan"/>'s tick.</summary>
internal static class Since
{
    public static double Microseconds(long timestamp) =>
        (TimeProvider.System.GetTimestamp() - timestamp) * 1e6 / TimeProvider.System.TimestampFrequency;
}
