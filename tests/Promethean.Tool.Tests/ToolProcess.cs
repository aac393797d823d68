using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Promethean.Tool.Tests;

/// <summary>The command as a real process, its output read line by line.</summary>
internal sealed class ToolProcess : IAsyncDisposable
{
    /// <summary>Longer than anything these tests wait for: it ends a test that hangs, and asserts nothing.</summary>
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly Channel<string> _output = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _errors = Channel.CreateUnbounded<string>();
    private readonly List<string> _allErrors = [];

    private ToolProcess(ProcessStartInfo start)
    {
        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Take(_output, e.Data);
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_allErrors)
            {
                _allErrors.Add(e.Data ?? "");
            }

            Take(_errors, e.Data);
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The built command.</summary>
    public static string Assembly { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Promethean.Tool", new DirectoryInfo(AppContext.BaseDirectory).Name, "Promethean.Tool.dll"));

    public StreamWriter Input => _process.StandardInput;

    public string Errors
    {
        get
        {
            lock (_allErrors)
            {
                return string.Join('\n', _allErrors);
            }
        }
    }

    public static ToolProcess Start(params string[] arguments) => Start(new Dictionary<string, string>(), arguments);

    public static ToolProcess Start(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        new(Prepare("dotnet", [Assembly, .. arguments], environment));

    /// <summary>A program of the system, for example a shell with a pipe.</summary>
    public static ToolProcess StartOther(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        new(Prepare(program, arguments, environment));

    /// <summary>A broker that is ready, and its address.</summary>
    public static async Task<(ToolProcess Process, Uri Url)> ServeAsync(CancellationToken cancellationToken, params string[] options)
    {
        var broker = Start(["broker", "serve", "--port", "0", .. options]);
        var ready = await broker.NextLineAsync(cancellationToken);
        ready.Should().StartWith("ready ws://", broker.Errors);
        return (broker, new Uri(ready["ready ".Length..]));
    }

    /// <summary>A MongoDB-compatible server that is ready, and what it says of its address.</summary>
    public static async Task<(ToolProcess Process, string ConnectionString)> ServeMongoAsync(CancellationToken cancellationToken, params string[] options)
    {
        var server = Start(["mongo", "serve", "--port", "0", .. options]);
        var ready = await server.NextLineAsync(cancellationToken);
        ready.Should().StartWith("ready mongodb://", server.Errors);
        return (server, ready["ready ".Length..]);
    }

    /// <summary>The next line on stdout.</summary>
    public Task<string> NextLineAsync(CancellationToken cancellationToken) => NextAsync(_output, cancellationToken);

    /// <summary>The next line on stdout; null when it has ended.</summary>
    public async Task<string?> TryNextLineAsync(CancellationToken cancellationToken)
    {
        var more = await _output.Reader.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(HangGuard, TimeProvider.System, cancellationToken);
        return more && _output.Reader.TryRead(out var line) ? line : null;
    }

    /// <summary>The next line on stderr.</summary>
    public Task<string> NextErrorAsync(CancellationToken cancellationToken) => NextAsync(_errors, cancellationToken);

    /// <summary>What is left on stdout when it has ended, and its exit code.</summary>
    public async Task<(int Code, IReadOnlyList<string> Lines)> EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(HangGuard, TimeProvider.System, cancellationToken);
        return (_process.ExitCode, await _output.Reader.ReadAllAsync(cancellationToken).ToListAsync(cancellationToken));
    }

    public void Signal(PosixSignal signal)
    {
        using var kill = Process.Start("kill", [signal == PosixSignal.SIGINT ? "-2" : "-15", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static ProcessStartInfo Prepare(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in new[] { "BROKER_URL", "BROKER_TOKEN", "OTEL_EXPORTER_OTLP_ENDPOINT" })
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static void Take(Channel<string> lines, string? line)
    {
        if (line is null)
        {
            lines.Writer.Complete();
        }
        else
        {
            lines.Writer.TryWrite(line);
        }
    }

    private async Task<string> NextAsync(Channel<string> lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(HangGuard, TimeProvider.System, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new InvalidOperationException($"It ended instead.\n{Errors}", e);
        }
    }
}
