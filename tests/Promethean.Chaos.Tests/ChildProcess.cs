using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;

namespace Promethean.Chaos.Tests;

/// <summary>A program as a real process, which can be stopped, continued and killed.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>Longer than anything these tests wait for: it ends a test that hangs, and asserts nothing.</summary>
    public static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(1);

    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _errors = new();

    private ChildProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null)
            {
                _lines.Writer.TryComplete();
            }
            else
            {
                _lines.Writer.TryWrite(e.Data);
            }
        };
        _process.ErrorDataReceived += (_, e) => _errors.Enqueue(e.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Errors => string.Join('\n', _errors);

    /// <summary>What the process takes of memory now.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>How many sockets the process has open now.</summary>
    public int OpenSockets => new DirectoryInfo($"/proc/{_process.Id}/fd").EnumerateFiles()
        .Count(file => file.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    /// <summary>A built program of this repository.</summary>
    public static ChildProcess StartBuilt(string name, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var assembly = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", name, configuration, $"{name}.dll"));
        return new(Prepare("dotnet", [assembly, .. arguments], environment));
    }

    /// <summary>One of this assembly's explicit tests, which plays a part.</summary>
    public static ChildProcess StartPart(string method, IReadOnlyDictionary<string, string> environment) =>
        new(Prepare(Environment.ProcessPath!, ["-explicit", "only", "-method", $"*.{method}"], environment));

    /// <summary>The next line on stdout.</summary>
    public async Task<string> NextLineAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _lines.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(HangGuard, TimeProvider.System, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new InvalidOperationException($"It ended instead.\n{Errors}", e);
        }
    }

    /// <summary>SIGSTOP: nothing in the process runs, while its sockets stay open.</summary>
    public void StopHere() => Signal(Stop);

    /// <summary>SIGCONT.</summary>
    public void GoOn() => Signal(Continue);

    /// <summary>SIGTERM; gives the exit code.</summary>
    public async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        Signal(Terminate);
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(HangGuard, TimeProvider.System, cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL; the process is gone afterwards.</summary>
    public async Task KillAsync()
    {
        Signal(Kill);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static ProcessStartInfo Prepare(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Path.GetTempPath() };
        foreach (var name in new[] { "MONGO_URI", "BROKER_URL", "BROKER_TOKEN", "OTEL_EXPORTER_OTLP_ENDPOINT" })
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private void Signal(int number)
    {
        using var kill = Process.Start("kill", [$"-{number}", $"{_process.Id}"]);
        kill.WaitForExit();
    }
}
