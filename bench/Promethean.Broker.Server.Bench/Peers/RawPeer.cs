using System.Net.WebSockets;
using System.Text;
using Promethean.Broker.Server.Bench.Serving;

namespace Promethean.Broker.Server.Bench.Peers;

/// <summary>Two bare WebSockets, one sending ready-made frames and one counting what arrives, so that hardly anything but the server is measured.</summary>
internal sealed class RawPeer(string name, ServerProcess server, RawWire wire, int perFrame = 1, string subscriberQuery = "") : IPeer
{
    private readonly RawSocket _publisher = new();
    private readonly RawSocket _subscriber = new();
    private readonly byte[] _needle = Encoding.UTF8.GetBytes(wire.Needle);
    private readonly byte[] _frame = wire.ToFrame(perFrame);
    private readonly Flight _flight = new();

    public string Name => name;

    public ServerProcess Server => server;

    public async Task StartAsync()
    {
        await OpenAsync(_publisher, server.Socket);
        if (wire.Subscribe is not null)
        {
            await OpenAsync(_subscriber, new(server.Socket + subscriberQuery));
            await _subscriber.AskAsync(wire.Subscribe);
            _ = Task.Run(() => CountAsync(_subscriber));
        }

        // Whoever does not read does not answer pings either.
        _ = Task.Run(() => CountAsync(_publisher));
    }

    public async Task RunAsync(int messages)
    {
        for (var sent = 0; sent < messages; sent += perFrame)
        {
            await _flight.SendAsync(perFrame);
            await _publisher.SendAsync(_frame);
        }

        await _flight.EmptyAsync();
    }

    public ValueTask DisposeAsync()
    {
        _publisher.Dispose();
        _subscriber.Dispose();
        _flight.Dispose();
        return default;
    }

    private async Task OpenAsync(RawSocket socket, Uri address)
    {
        await socket.OpenAsync(address);
        if (wire.Open is not null) await socket.AskAsync(wire.Open);
    }

    private async Task CountAsync(RawSocket socket)
    {
        try
        {
            while (true) _flight.Arrive((await socket.ReceiveAsync()).Span.Count(_needle));
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Disposed; or broken, and then the flight does not empty.
        }
    }
}
