using Promethean.Broker.Server.Bench.Serving;

namespace Promethean.Broker.Server.Bench.Peers;

/// <summary>Our client on both sides; each publish is acknowledged.</summary>
internal sealed class BrokerClientPeer(string name, ServerProcess server, string topic, int inFlight) : IPeer
{
    private readonly WebSocketBrokerClient _publisher = new(new() { Url = server.Socket });
    private readonly WebSocketBrokerClient _subscriber = new(new() { Url = server.Socket });
    private readonly Flight _flight = new();
    private int _left;

    public string Name => name;

    public ServerProcess Server => server;

    public async Task StartAsync()
    {
        await _publisher.ConnectAsync();
        await _subscriber.SubscribeAsync(
            topic,
            (message, _) =>
            {
                ArgumentNullException.ThrowIfNull(message.Payload);
                _flight.Arrive(1);
                return default;
            },
            NoteJson.Default.Note,
            new() { Capacity = 2 * Flight.Size });
    }

    public async Task RunAsync(int messages)
    {
        _left = messages;
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(PublishAsync)));
        await _flight.EmptyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync();
        await _subscriber.DisposeAsync();
        _flight.Dispose();
    }

    private async Task PublishAsync()
    {
        while (Interlocked.Decrement(ref _left) >= 0)
        {
            // The acknowledgements keep the flight far below its size.
            await _flight.SendAsync(1);
            await _publisher.PublishAsync(topic, Note.Sample, NoteJson.Default.Note);
        }
    }
}
