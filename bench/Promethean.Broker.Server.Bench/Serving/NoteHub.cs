using Microsoft.AspNetCore.SignalR;

namespace Promethean.Broker.Server.Bench.Serving;

/// <summary>Topics as SignalR has them: groups.</summary>
public sealed class NoteHub : Hub
{
    public Task Join(string topic) => Groups.AddToGroupAsync(Context.ConnectionId, topic);

    public Task Publish(string topic, Note note) => Clients.Group(topic).SendAsync("note", note);
}
