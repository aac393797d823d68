namespace Promethean.Broker.Server.Bench.Serving;

/// <summary>What a process has used so far, and holds.</summary>
internal sealed record ServerUsage(double CpuSeconds, long AllocatedBytes, long WorkingSet, long PrivateBytes, long HeapBytes)
{
    public static ServerUsage Read()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return new(
            Environment.CpuUsage.TotalTime.TotalSeconds, GC.GetTotalAllocatedBytes(precise: true), self.WorkingSet64, ReadPrivateBytes(), GC.GetTotalMemory(false));
    }

    // What the kernel counts as this process's alone; Process.PrivateMemorySize64 counts what was reserved as well.
    private static long ReadPrivateBytes() => File.ReadLines("/proc/self/smaps_rollup")
        .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024);
}
