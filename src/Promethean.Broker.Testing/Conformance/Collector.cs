using System.Threading.Channels;

namespace Promethean.Broker.Testing;

/// <summary>A handler that keeps what it is given, and lets a case wait for the next.</summary>
internal sealed class Collector(CancellationToken guard)
{
    private readonly Channel<BrokerMessage> _messages = Channel.CreateBounded<BrokerMessage>(4096);

    /// <summary>Messages not yet taken out.</summary>
    public int Count => _messages.Reader.Count;

    public ValueTask TakeAsync(BrokerMessage message, CancellationToken cancellationToken) => _messages.Writer.WriteAsync(message, cancellationToken);

    public async Task<BrokerMessage> NextAsync()
    {
        try
        {
            return await _messages.Reader.ReadAsync(guard).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw new ConformanceException("Waited in vain for a message.", e);
        }
    }

    public async Task<int> NextNumberAsync() => ConformanceStage.Number((await NextAsync().ConfigureAwait(false)).Payload);

    public async Task<int[]> NextNumbersAsync(int count)
    {
        var numbers = new int[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] = await NextNumberAsync().ConfigureAwait(false);
        }

        return numbers;
    }
}
