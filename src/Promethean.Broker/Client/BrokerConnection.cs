using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker;

/// <summary>One open WebSocket: a receive loop, a send loop, and the calls that wait for an answer on it.</summary>
/// <remarks>Ids are numbers of this connection alone, so an answer can never reach a call of an earlier one.</remarks>
internal sealed class BrokerConnection : IDisposable
{
    private readonly ConcurrentDictionary<long, PendingCall> _calls = new();
    private readonly Channel<ReadOnlyMemory<byte>> _outgoing;
    private readonly WebSocket _socket;
    private readonly BrokerOptions _options;
    private readonly IBrokerEvents _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _closeLock = new();
    private volatile ConnectionLoss? _loss;
    private Task? _closed;
    private long _lastId;

    public BrokerConnection(WebSocket socket, BrokerOptions options, IBrokerEvents events, TimeProvider time, ILogger logger)
    {
        _socket = socket;
        _options = options;
        _events = events;
        _time = time;
        _logger = logger;
        _outgoing = Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(options.SendQueueCapacity) { SingleReader = true });
        Closed = _ended.Token;
    }

    /// <summary>Ends when the connection does; may be asked for afterwards.</summary>
    public CancellationToken Closed { get; }

    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Runs both loops until one ends or the connection is closed, and says why it did; never throws.</summary>
    public async Task<Exception?> RunAsync()
    {
        var receiving = ReceiveAsync();
        var sending = SendQueuedAsync();
        var ended = await Task.WhenAny(receiving, sending, _closing.Task).ConfigureAwait(false);
        _closing.TrySetResult();
        _outgoing.Writer.TryComplete();
        // What is queued goes out, and the broker may answer the closing: once it has, it has forgotten this client.
        await Task.WhenAny(Task.WhenAll(sending, receiving), Task.Delay(CloseGrace, _time)).ConfigureAwait(false);
        _socket.Abort();
        await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        return ended.Exception?.InnerException;
    }

    /// <summary>Ends the connection after what is queued, and fails every call that waits; the first reason given counts.</summary>
    public Task CloseAsync(ConnectionLoss loss)
    {
        lock (_closeLock)
        {
            return _closed ??= CloseOnceAsync(loss);
        }
    }

    /// <summary>Queues a frame; waits for room in the queue.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        ThrowIfTooLarge(frame);
        try
        {
            await _outgoing.Writer.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw LossException();
        }
    }

    /// <summary>Sends a request; its events go to the call until <see cref="Abandon"/>.</summary>
    public ValueTask RequestAsync(long id, StreamedCall call, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        Expect(id, call);
        return SendAsync(frame, cancellationToken);
    }

    /// <summary>Forgets a request, and cancels its work where the broker has not ended it.</summary>
    public void Abandon(long id, StreamedCall call)
    {
        Forget(id);
        if (!call.IsAnswered && _loss is null)
        {
            // Not waited for: a queue that stays full ends with the connection, and that cancels the work as well.
            _ = SendQuietlyAsync(ClientFrames.Cancel(id));
        }
    }

    /// <summary>Sends a frame and waits until the broker has acknowledged it.</summary>
    public Task AskAsync(long id, ReadOnlyMemory<byte> frame, string what, CancellationToken cancellationToken) =>
        AskForAsync(id, frame, what, cancellationToken);

    /// <summary>The same, and gives what the acknowledgement carries.</summary>
    public async Task<JsonPayload> AskForAsync(long id, ReadOnlyMemory<byte> frame, string what, CancellationToken cancellationToken)
    {
        var call = new AcknowledgedCall();
        var started = _time.GetTimestamp();
        Expect(id, call);
        try
        {
            ThrowIfTooLarge(frame);
            if (!_outgoing.Writer.TryWrite(frame))
            {
                await SendInTimeAsync(frame, cancellationToken).ConfigureAwait(false);
            }

            // Nearly every frame finds room at once, so one timer does, and none of the sources that could stop the sending.
            var left = _options.RequestTimeout - _time.GetElapsedTime(started);
            return await call.Answer.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new BrokerException(BrokerErrorCode.Timeout, $"The broker did not acknowledge {what} within {_options.RequestTimeout}.");
        }
        finally
        {
            Forget(id);
        }
    }

    public void Dispose() => _ended.Dispose();

    /// <exception cref="TimeoutException">There was no room in time; the frame will not be sent.</exception>
    private async Task SendInTimeAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(_options.RequestTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await SendAsync(frame, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }

    private void ThrowIfTooLarge(ReadOnlyMemory<byte> frame)
    {
        if (frame.Length > _options.MaxSentFrameBytes)
        {
            throw new BrokerException(
                BrokerErrorCode.TooLarge,
                $"The frame has {frame.Length} bytes; at most {_options.MaxSentFrameBytes} may be sent (BrokerOptions.MaxSentFrameBytes).");
        }
    }

    private async Task CloseOnceAsync(ConnectionLoss loss)
    {
        _loss = loss;
        _outgoing.Writer.TryComplete();
        _closing.TrySetResult();
        foreach (var (id, call) in _calls)
        {
            _calls.TryRemove(id, out _);
            call.Fail(loss.ToException());
        }

        await _ended.CancelAsync().ConfigureAwait(false);
    }

    private void Expect(long id, PendingCall call)
    {
        _calls.TryAdd(id, call);
        if (_loss is not null)
        {
            Forget(id);
            throw LossException();
        }
    }

    private void Forget(long id) => _calls.TryRemove(id, out _);

    private async Task SendQuietlyAsync(ReadOnlyMemory<byte> frame)
    {
        try
        {
            await SendAsync(frame, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BrokerException e)
        {
            Log.CancelLost(_logger, e);
        }
    }

    private BrokerException LossException() =>
        (_loss ?? new ConnectionLoss(BrokerErrorCode.Internal, "The connection to the broker was lost.")).ToException();

    private async Task ReceiveAsync()
    {
        using var reader = new SocketMessageReader(_socket, _options.MaxFrameBytes);
        while (true)
        {
            var message = await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            if (message.Type == WebSocketMessageType.Close)
            {
                throw new WebSocketException($"The broker closed the connection: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
            }

            if (message.IsTooLarge || message.Type == WebSocketMessageType.Binary)
            {
                throw new WebSocketException(
                    $"The broker sent {(message.IsTooLarge ? "a frame beyond BrokerOptions.MaxFrameBytes" : "a binary frame")}.");
            }

            BrokerFrameReader.Read(message.Text, Take);
            // Answers of this batch have been passed on; a subscriber that waits for room holds up what comes after it.
            if (_events.WaitForRoomAsync() is { IsCompleted: false } room)
            {
                await Task.WhenAny(room, _closing.Task).ConfigureAwait(false);
            }
        }
    }

    private void Take(BrokerFrame frame)
    {
        if (frame.Id is not null)
        {
            // An id that nobody waits for belongs to a call that was cancelled.
            if (long.TryParse(frame.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && _calls.TryGetValue(id, out var call)
                && call.Take(frame))
            {
                Forget(id);
            }
        }
        else if (frame.Message is not null)
        {
            // Once it closes, nothing waits for room any more, so nothing may pile up either.
            if (!_closing.Task.IsCompleted)
            {
                _events.OnMessage(frame.Message);
            }
        }
        else if (frame.Task is not null)
        {
            _events.OnTaskAssigned(this, frame.Task);
        }
        else if (frame.QueueTask is not null)
        {
            _events.OnQueueTaskAssigned(this, frame.QueueTask);
        }
        else if (frame.CancelledTask is not null)
        {
            _events.OnTaskCancelled(frame.CancelledTask);
        }
        else if (frame.Error is not null)
        {
            Log.FrameRefused(_logger, frame.Error.Code, frame.Error.Message);
        }
    }

    private async Task SendQueuedAsync()
    {
        var batch = new FrameBatch(allowsMany: true);
        while (await _outgoing.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (_outgoing.Reader.TryPeek(out var frame) && batch.Fits(frame))
            {
                _outgoing.Reader.TryRead(out _);
                batch.Add(frame);
            }

            await _socket.SendAsync(batch.ToMessage(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
        }

        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
