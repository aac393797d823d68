using MassTransit;

namespace Promethean.Broker.Bench.Peers;

/// <summary>MassTransit over its in-memory transport, which serialises too; its defaults.</summary>
internal sealed class MassTransitPeer : IPeer
{
    private readonly IBusControl _bus;

    public MassTransitPeer() => _bus = Bus.Factory.CreateUsingInMemory(bus => bus.ReceiveEndpoint("notes", endpoint => endpoint.Handler<Note>(context =>
    {
        Arrivals.Add(context.Message);
        return Task.CompletedTask;
    })));

    public string Name => "MassTransit in memory";

    public Arrivals Arrivals { get; } = new();

    public Task StartAsync() => _bus.StartAsync();

    public ValueTask PublishAsync(Note note) => new(_bus.Publish(note));

    public async ValueTask DisposeAsync() => await _bus.StopAsync();
}
