using System.Diagnostics.Metrics;

namespace Promethean.SafeHttp;

internal static class SafeHttpMetrics
{
    private static readonly Meter _meter = new("Promethean.SafeHttp");

    public static Counter<long> Refused { get; } = _meter.CreateCounter<long>(
        "promethean.safehttp.refused", "{connection}", "Connections refused because their host leads only to forbidden addresses.");
}
