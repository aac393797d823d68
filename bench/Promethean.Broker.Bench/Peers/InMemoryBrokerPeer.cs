using Promethean.Broker.Testing;

namespace Promethean.Broker.Bench.Peers;

/// <summary>Ours, with its defaults: it serialises, records in its log and counts.</summary>
internal sealed class InMemoryBrokerPeer : IPeer
{
    private readonly InMemoryBroker _broker = new();
    private readonly InMemoryBrokerClient _publisher;

    public InMemoryBrokerPeer() => _publisher = _broker.Connect();

    public string Name => "InMemoryBroker";

    public Arrivals Arrivals { get; } = new();

    public async Task StartAsync() => await _broker.Connect().SubscribeAsync(
        "note.*",
        (message, _) =>
        {
            Arrivals.Add(message.Payload);
            return default;
        },
        NoteJson.Default.Note);

    public ValueTask PublishAsync(Note note) => _publisher.PublishAsync("note.written", note, NoteJson.Default.Note);

    public ValueTask DisposeAsync() => _broker.DisposeAsync();
}
