using Microsoft.AspNetCore.SignalR.Client;
using Promethean.Broker.Server.Bench.Serving;

namespace Promethean.Broker.Server.Bench.Calls;

/// <summary>A call to SignalR's hub, which answers itself or asks a worker on a connection of its own.</summary>
internal sealed class HubCaller(string name, ServerProcess server, string method) : ICaller
{
    private readonly HubConnection _caller = HubClient.To(server.Work);
    private readonly HubConnection _worker = HubClient.To(server.Work);

    public string Name => name;

    public ServerProcess Server => server;

    public async Task StartAsync()
    {
        _worker.On<Note, Note>("work", note => note);
        await _worker.StartAsync();
        await _worker.InvokeAsync("Serve");
        await _caller.StartAsync();
    }

    public Task<Note> AskAsync(Note note) => _caller.InvokeAsync<Note>(method, note);

    public async ValueTask DisposeAsync()
    {
        await _caller.DisposeAsync();
        await _worker.DisposeAsync();
    }
}
