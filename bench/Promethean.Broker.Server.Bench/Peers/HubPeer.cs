using Microsoft.AspNetCore.SignalR.Client;
using Promethean.Broker.Server.Bench.Serving;

namespace Promethean.Broker.Server.Bench.Peers;

/// <summary>SignalR's client on both sides: its calls acknowledged, or, without any in flight, sent and forgotten.</summary>
internal sealed class HubPeer(string name, ServerProcess server, string topic, int inFlight) : IPeer
{
    private readonly HubConnection _publisher = HubClient.To(server.Socket);
    private readonly HubConnection _subscriber = HubClient.To(server.Socket);
    private readonly Flight _flight = new();
    private int _left;

    public string Name => name;

    public ServerProcess Server => server;

    public async Task StartAsync()
    {
        _subscriber.On<Note>("note", note =>
        {
            ArgumentNullException.ThrowIfNull(note);
            _flight.Arrive(1);
        });
        await _publisher.StartAsync();
        await _subscriber.StartAsync();
        await _subscriber.InvokeAsync("Join", topic);
    }

    public async Task RunAsync(int messages)
    {
        _left = messages;
        await (inFlight == 0 ? SendAsync() : Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(InvokeAsync))));
        await _flight.EmptyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync();
        await _subscriber.DisposeAsync();
        _flight.Dispose();
    }

    private async Task SendAsync()
    {
        while (--_left >= 0)
        {
            await _flight.SendAsync(1);
            await _publisher.SendAsync("Publish", topic, Note.Sample);
        }
    }

    private async Task InvokeAsync()
    {
        while (Interlocked.Decrement(ref _left) >= 0)
        {
            // The acknowledgements keep the flight far below its size.
            await _flight.SendAsync(1);
            await _publisher.InvokeAsync("Publish", topic, Note.Sample);
        }
    }
}
