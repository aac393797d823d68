using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Promethean.EndToEnd.Tests;

/// <summary>A sample host as a real process, with its output read line by line.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    /// <summary>Longer than anything these tests wait for: it ends a test that hangs, and asserts nothing.</summary>
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(4);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(Process process) => _process = process;

    public string Errors => string.Join('\n', _errors);

    public IReadOnlyList<string> Lines => [.. _lines];

    public static HostProcess Start(string sample, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var assembly = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", sample, configuration, $"{sample}.dll"));
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in new[] { "MONGO_URI", "CHROMA_URL", "OLLAMA_URL", "REDIS_URL", "BROKER_URL", "SEEDS", "EMBED_DIM", "EMBED_MODEL" })
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var host = new HostProcess(new Process { StartInfo = start });
        host.Run();
        return host;
    }

    /// <summary>The first line on stdout, <c>ready …</c> of a host that serves.</summary>
    public Task<string> FirstLineAsync(CancellationToken cancellationToken) =>
        _firstLine.Task.WaitAsync(HangGuard, TimeProvider.System, cancellationToken);

    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(HangGuard, TimeProvider.System, cancellationToken);
        return _process.ExitCode;
    }

    public void Signal(PosixSignal signal) => Signal(signal switch
    {
        PosixSignal.SIGTERM => 15,
        PosixSignal.SIGINT => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(signal)),
    });

    /// <summary>SIGKILL: nothing in the process gets to run any more.</summary>
    public void KillHard() => Signal(9);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            KillHard();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Run()
    {
        _process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is not null)
            {
                _lines.Enqueue(e.Data);
                _firstLine.TrySetResult(e.Data);
            }
            else
            {
                _firstLine.TrySetException(new InvalidOperationException($"The host ended without a line on stdout.\n{Errors}"));
            }
        };
        _process.ErrorDataReceived += (_, e) => _errors.Enqueue(e.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Signal(int number)
    {
        using var kill = Process.Start("kill", [$"-{number}", $"{_process.Id}"]);
        kill.WaitForExit();
    }
}
