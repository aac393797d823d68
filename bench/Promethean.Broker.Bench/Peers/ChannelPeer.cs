using System.Threading.Channels;

namespace Promethean.Broker.Bench.Peers;

/// <summary>The reference: a bounded channel that hands over the object itself.</summary>
internal sealed class ChannelPeer : IPeer
{
    private readonly Channel<Note> _notes = Channel.CreateBounded<Note>(new BoundedChannelOptions(1024) { SingleReader = true, SingleWriter = true });
    private Task _reading = Task.CompletedTask;

    public string Name => "bounded Channel, by reference";

    public Arrivals Arrivals { get; } = new();

    public Task StartAsync()
    {
        _reading = Task.Run(ReadAsync);
        return Task.CompletedTask;
    }

    public ValueTask PublishAsync(Note note) => _notes.Writer.WriteAsync(note);

    public async ValueTask DisposeAsync()
    {
        _notes.Writer.Complete();
        await _reading;
    }

    private async Task ReadAsync()
    {
        await foreach (var note in _notes.Reader.ReadAllAsync()) Arrivals.Add(note);
    }
}
