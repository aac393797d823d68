using System.Diagnostics.Metrics;

namespace Promethean.DualSink;

/// <summary>What this package measures, under the meter <c>Promethean.DualSink</c>; each measure names the sink.</summary>
internal static class DualSinkTelemetry
{
    public const string MeterName = "Promethean.DualSink";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Writes = Meter.CreateCounter<long>("promethean.dualsink.writes", "{write}", "Writes settled in both stores.");
    private static readonly Counter<long> Deletes = Meter.CreateCounter<long>("promethean.dualsink.deletes", "{delete}", "Deletes settled in both stores.");
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("promethean.dualsink.retries", "{attempt}", "Attempts on the vector store that failed and were followed by another.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("promethean.dualsink.failures", "{write}", "Writes and deletes left for reconciliation.");
    private static readonly Counter<long> Mended = Meter.CreateCounter<long>("promethean.dualsink.reconciled", "{key}", "Keys that reconciliation brought into agreement.");
    private static readonly Histogram<double> Lag = Meter.CreateHistogram<double>("promethean.dualsink.lag", "s", "Time from the document being stored to both stores agreeing.");
    private static readonly UpDownCounter<long> InFlight = Meter.CreateUpDownCounter<long>("promethean.dualsink.in_flight", "{write}", "Writes and deletes begun and not ended, waiting ones included.");

    public static Flight Fly(string sink) => new(sink);

    public static void Written(string sink, TimeSpan lag)
    {
        Writes.Add(1, Tag(sink));
        Lag.Record(lag.TotalSeconds, Tag(sink));
    }

    public static void Deleted(string sink) => Deletes.Add(1, Tag(sink));

    public static void Retried(string sink) => Retries.Add(1, Tag(sink));

    public static void Failed(string sink) => Failures.Add(1, Tag(sink));

    public static void Reconciled(string sink, DualSinkReport report) => Mended.Add(report.Repaired + report.Deleted, Tag(sink));

    private static KeyValuePair<string, object?> Tag(string sink) => new("sink", sink);

    /// <summary>Counts as in flight until disposed.</summary>
    internal readonly struct Flight : IDisposable
    {
        private readonly string _sink;

        public Flight(string sink)
        {
            _sink = sink;
            InFlight.Add(1, Tag(sink));
        }

        public void Dispose() => InFlight.Add(-1, Tag(_sink));
    }
}
