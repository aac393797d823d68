using Microsoft.AspNetCore.SignalR;

namespace Promethean.Broker.Server.Bench.Serving;

/// <summary>Calls as SignalR has them: answered by the hub, or by another client that the hub asks.</summary>
public sealed class WorkHub : Hub
{
    private static volatile string worker = "";
    private readonly Func<Note, Note> _answer = note => note;

    public void Serve() => worker = Context.ConnectionId;

    public Note Answer(Note note) => _answer(note);

    public Task<Note> AskWorker(Note note) => Clients.Client(worker).InvokeAsync<Note>("work", note, Context.ConnectionAborted);
}
