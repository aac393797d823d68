using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Promethean.Mongo.Embedded;

/// <summary>The package's one meter and one activity source; both bear the package's name.</summary>
internal static class Telemetry
{
    private const string Name = "Promethean.Mongo.Embedded";

    private static readonly Meter Meter = new(Name);

    public static readonly ActivitySource Activities = new(Name);

    public static readonly UpDownCounter<int> Connections =
        Meter.CreateUpDownCounter<int>("promethean.mongo.connections", "{connection}", "Open client connections.");

    public static readonly Histogram<double> CommandDuration =
        Meter.CreateHistogram<double>("promethean.mongo.command.duration", "s", "Time from a command's arrival to its reply, by command and outcome.");
}
