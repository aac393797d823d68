using System.Diagnostics;

namespace Promethean.Mongo.Embedded.Bench.Serving;

/// <summary>A server in a process of its own, so that its time and memory are not mixed with the client's.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, string connectionString)
    {
        _process = process;
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    public static async Task<ServerProcess> StartAsync(string kind)
    {
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["serve", kind]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        return new(process, await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"The {kind} server did not start."));
    }

    /// <param name="collect">Collects garbage first and gives back what is free.</param>
    public async Task<ServerUsage> ReadUsageAsync(bool collect = false)
    {
        await _process.StandardInput.WriteLineAsync(collect ? BenchServer.Collect : "");
        await _process.StandardInput.FlushAsync();
        return ServerUsage.Parse(await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server has ended."));
    }

    /// <summary>The working set as the operating system tells it, without disturbing the server.</summary>
    public long ReadWorkingSet()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
