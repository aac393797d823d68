using Promethean.Broker.Server.Bench.Serving;

namespace Promethean.Broker.Server.Bench.Calls;

/// <summary>A request through the broker to a worker on a connection of its own.</summary>
internal sealed class BrokerCaller(ServerProcess server, int inFlight) : ICaller
{
    private const string Action = "note.answer";
    private readonly WebSocketBrokerClient _caller = new(new() { Url = server.Socket });
    private readonly WebSocketBrokerClient _worker = new(new() { Url = server.Socket });

    public string Name => "broker, request to a worker";

    public ServerProcess Server => server;

    public async Task StartAsync()
    {
        await _caller.ConnectAsync();
        await _worker.ServeAsync(
            Action, "note.answered", (note, _) => ValueTask.FromResult(note), NoteJson.Default.Note, NoteJson.Default.Note, new() { Concurrency = inFlight });
    }

    public Task<Note> AskAsync(Note note) => _caller.RequestAsync(Action, note, NoteJson.Default.Note, NoteJson.Default.Note).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _caller.DisposeAsync();
        await _worker.DisposeAsync();
    }
}
