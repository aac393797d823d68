using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Promethean.Broker.Redis.Tests;

/// <summary>A redis-server process of the tests' own on a free loopback port; it keeps nothing.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    public const string Variable = "PROMETHEAN_TEST_REDIS_SERVER";

    private static readonly string? Binary = Find();
    private readonly string[] _options;
    private Process _process;

    private RedisServer(int port, string[] options, Process process) => (Port, _options, _process) = (port, options, process);

    public int Port { get; }

    public string Configuration => $"127.0.0.1:{Port}";

    public static async Task<RedisServer> StartAsync(params string[] options)
    {
        Assert.SkipWhen(Binary is null, $"There is no redis-server on the PATH, and {Variable} names none.");
        for (var attempt = 0; ; attempt++)
        {
            var port = FreePort();
            var process = Start(port, options);
            if (await IsUpAsync(process, port))
            {
                return new(port, options, process);
            }

            process.Kill();
            Assert.False(attempt == 3, "redis-server did not start.");
        }
    }

    /// <summary>Ends the process as if the machine had died.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Starts it anew on the same port, empty.</summary>
    public async Task RestartAsync()
    {
        _process = Start(Port, _options);
        Assert.True(await IsUpAsync(_process, Port), "redis-server did not start again.");
    }

    /// <summary>Stops or continues the process without ending its connections.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static Process Start(int port, string[] options)
    {
        var start = new ProcessStartInfo(
            Binary!, ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath(), .. options])
        {
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        // Read, so that the pipe never fills.
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private static async Task<bool> IsUpAsync(Process process, int port)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        while (!late.IsCancellationRequested && !process.HasExited)
        {
            using var socket = new TcpClient();
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, late.Token);
                return true;
            }
            catch (SocketException)
            {
                await Task.Yield();
            }
        }

        return false;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? Find() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
        ? named
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "redis-server"))
            .FirstOrDefault(File.Exists);
}
