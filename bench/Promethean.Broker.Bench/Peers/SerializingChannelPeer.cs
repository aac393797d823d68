using System.Text.Json;
using System.Threading.Channels;

namespace Promethean.Broker.Bench.Peers;

/// <summary>The least a faithful stand-in for a network can cost: a bounded channel of serialised messages.</summary>
internal sealed class SerializingChannelPeer : IPeer
{
    private readonly Channel<byte[]> _notes = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(1024) { SingleReader = true, SingleWriter = true });
    private Task _reading = Task.CompletedTask;

    public string Name => "bounded Channel, serialised";

    public Arrivals Arrivals { get; } = new();

    public Task StartAsync()
    {
        _reading = Task.Run(ReadAsync);
        return Task.CompletedTask;
    }

    public ValueTask PublishAsync(Note note) => _notes.Writer.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(note, NoteJson.Default.Note));

    public async ValueTask DisposeAsync()
    {
        _notes.Writer.Complete();
        await _reading;
    }

    private async Task ReadAsync()
    {
        await foreach (var note in _notes.Reader.ReadAllAsync()) Arrivals.Add(JsonSerializer.Deserialize(note, NoteJson.Default.Note));
    }
}
