using System.Globalization;

namespace Promethean.Mongo.Embedded.Bench.Serving;

/// <summary>What a server's process has used so far, and holds; one line of text between processes.</summary>
internal sealed record ServerUsage(double CpuSeconds, long AllocatedBytes, long WorkingSet)
{
    public static ServerUsage Read() => new(Environment.CpuUsage.TotalTime.TotalSeconds, GC.GetTotalAllocatedBytes(precise: true), Environment.WorkingSet);

    public static ServerUsage Parse(string line)
    {
        var parts = line.Split(' ');
        return new(
            double.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{CpuSeconds:R} {AllocatedBytes} {WorkingSet}");
}
