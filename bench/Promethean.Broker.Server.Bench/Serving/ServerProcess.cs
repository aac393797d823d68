using System.Diagnostics;
using System.Text.Json;

namespace Promethean.Broker.Server.Bench.Serving;

/// <summary>A server in a process of its own, so that its time and memory are not mixed with the clients'.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;

    private ServerProcess(Process process, Uri address)
    {
        _process = process;
        _http = new() { BaseAddress = address };
        Socket = new($"ws://{address.Authority}/socket");
        Work = new($"http://{address.Authority}/work");
    }

    public Uri Socket { get; }

    public Uri Work { get; }

    public static async Task<ServerProcess> StartAsync(string kind)
    {
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["serve", kind]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        return new(process, new(await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"The {kind} server did not start.")));
    }

    /// <param name="collect">Collects garbage first and gives back what is free.</param>
    public async Task<ServerUsage> ReadUsageAsync(bool collect = false)
    {
        await using var text = await _http.GetStreamAsync(new Uri($"/usage?collect={collect}", UriKind.Relative));
        return (await JsonSerializer.DeserializeAsync(text, NoteJson.Default.ServerUsage))!;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
