using Rebus.Activation;
using Rebus.Backoff;
using Rebus.Bus;
using Rebus.Config;
using Rebus.Transport.InMem;

namespace Promethean.Broker.Bench.Peers;

/// <summary>Rebus over its in-memory transport, which serialises too.</summary>
internal sealed class RebusPeer : IPeer
{
    private readonly BuiltinHandlerActivator _activator = new();
    private IBus? _bus;

    public string Name => "Rebus in memory";

    public Arrivals Arrivals { get; } = new();

    public async Task StartAsync()
    {
        _activator.Handle<Note>(note =>
        {
            Arrivals.Add(note);
            return Task.CompletedTask;
        });
        // Its worker polls, and sleeps longer the longer it is idle; the shortest sleep keeps that out of the measurement.
        _bus = Configure.With(_activator)
            .Logging(logging => logging.None())
            .Transport(transport => transport.UseInMemoryTransport(new InMemNetwork(), "notes"))
            .Options(options => options.SetBackoffTimes(TimeSpan.FromMilliseconds(1)))
            .Start();
        await _bus.Subscribe<Note>();
    }

    public ValueTask PublishAsync(Note note) => new(_bus!.Publish(note));

    public ValueTask DisposeAsync()
    {
        _activator.Dispose();
        return default;
    }
}
