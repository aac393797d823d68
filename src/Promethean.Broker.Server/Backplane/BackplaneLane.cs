using System.Threading.Channels;

namespace Promethean.Broker.Server;

/// <summary>A connection's calls of the backplane, one after the other, in the order of its frames.</summary>
/// <remarks>The time of a call runs from its frame's coming: where the backplane is away, all that wait fail together and not each
/// after the other. What waits when the connection ends is still done.</remarks>
internal sealed class BackplaneLane
{
    private readonly Channel<BackplaneCall> _calls;
    private readonly ClientConnection _connection;
    private readonly BackplaneLink _backplane;
    private readonly long _maxBytes;
    private readonly Task _running;
    private long _bytes;

    /// <summary>Starts an empty lane.</summary>
    /// <param name="connection">Whose calls these are.</param>
    /// <param name="backplane">What is called.</param>
    /// <param name="capacity">Calls that may wait.</param>
    /// <param name="maxBytes">Bytes that these may hold together; a single one may hold more.</param>
    public BackplaneLane(ClientConnection connection, BackplaneLink backplane, int capacity, long maxBytes)
    {
        (_connection, _backplane, _maxBytes) = (connection, backplane, maxBytes);
        _calls = Channel.CreateBounded<BackplaneCall>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _running = Task.Run(RunAsync);
    }

    /// <summary>Takes a call; one too many is refused, one after the end is dropped.</summary>
    /// <param name="rawId">The frame's id, borrowed.</param>
    /// <param name="bytes">What it holds of its frame until it is done.</param>
    /// <param name="run">Makes the call, with the id, which is now its own, and the time that is left.</param>
    public void Add(ReadOnlyMemory<byte> rawId, int bytes, Func<ReadOnlyMemory<byte>, TimeSpan, CancellationToken, Task> run)
    {
        ReadOnlyMemory<byte> id = rawId.ToArray();
        var call = new BackplaneCall(id, bytes + id.Length, _backplane.Time.GetTimestamp(), (left, token) => run(id, left, token));
        var held = Interlocked.Add(ref _bytes, call.Bytes);
        if ((held > _maxBytes && held > call.Bytes) || !_calls.Writer.TryWrite(call))
        {
            Interlocked.Add(ref _bytes, -call.Bytes);
            _connection.Acknowledge(rawId, new(
                BrokerErrorCode.Overloaded, "Too many frames of this connection wait for the broker's backplane.", TimeSpan.FromMilliseconds(100)));
        }
    }

    /// <summary>Takes no more; completes when what waits is done.</summary>
    public Task CompleteAsync()
    {
        _calls.Writer.TryComplete();
        return _running;
    }

    private async Task RunAsync()
    {
        // These calls belong to nobody's trace but their own headers'.
        System.Diagnostics.Activity.Current = null;
        await foreach (var call in _calls.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            await RunAsync(call).ConfigureAwait(false);
            Interlocked.Add(ref _bytes, -call.Bytes);
        }
    }

    private async Task RunAsync(BackplaneCall call)
    {
        var left = _backplane.Patience - _backplane.Time.GetElapsedTime(call.Arrived);
        if (left <= TimeSpan.Zero)
        {
            _connection.Acknowledge(call.RawId, BackplaneErrors.Away);
            return;
        }

        using var late = new CancellationTokenSource(left, _backplane.Time);
        var wasThere = _backplane.IsConnected;
        try
        {
            await call.Run(left, late.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _backplane.Failed(e);
            _connection.Acknowledge(call.RawId, BackplaneErrors.Of(e, mayBeDone: wasThere));
        }
    }
}
