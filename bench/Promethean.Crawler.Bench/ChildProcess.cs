using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Promethean.Crawler.Bench;

/// <summary>Runs a command to its end and tells what it cost, as the operating system counts it.</summary>
internal static partial class ChildProcess
{
    private const int RusageChildren = -1;

    public static async Task<(double CpuSeconds, double WallSeconds, string Output)> MeasureAsync(string file, params string[] arguments)
    {
        var before = ReadCpuSeconds();
        var started = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var wall = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        return process.ExitCode == 0
            ? (ReadCpuSeconds() - before, wall, output)
            : throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
    }

    private static double ReadCpuSeconds()
    {
        Marshal.ThrowExceptionForHR(GetRusage(RusageChildren, out var usage));
        return usage.UserSeconds + usage.SystemSeconds + ((usage.UserMicroseconds + usage.SystemMicroseconds) / 1e6);
    }

    // getrusage(2): of the children that have ended and been waited for.
    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetRusage(int who, out Usage usage);

    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct Usage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }
}
