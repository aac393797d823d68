using System.Diagnostics.Metrics;

namespace Promethean.Vectors;

/// <summary>What this package measures, under the meter <c>Promethean.Vectors</c>; each measure names the collection.</summary>
internal static class VectorsTelemetry
{
    public const string MeterName = "Promethean.Vectors";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Written = Meter.CreateCounter<long>("promethean.vectors.records.written", "{record}", "Records stored or replaced.");
    private static readonly Counter<long> Deleted = Meter.CreateCounter<long>("promethean.vectors.records.deleted", "{record}", "Records removed.");
    private static readonly Histogram<double> QueryDuration = Meter.CreateHistogram<double>("promethean.vectors.query.duration", "s", "How long a query took.");

    public static void Changed(string collection, int written, int deleted)
    {
        var tag = KeyValuePair.Create<string, object?>("collection", collection);
        if (written > 0) Written.Add(written, tag);
        if (deleted > 0) Deleted.Add(deleted, tag);
    }

    public static void Queried(string collection, TimeSpan duration) =>
        QueryDuration.Record(duration.TotalSeconds, KeyValuePair.Create<string, object?>("collection", collection));
}
