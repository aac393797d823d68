using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker;

/// <summary>One connection as the broker knows it, over one socket or, in a session, over several: the calls that wait for an answer,
/// and what is still to be sent.</summary>
/// <remarks>Ids are numbers of this connection alone, so an answer can never reach a call of an earlier one.</remarks>
internal sealed class BrokerConnection : IDisposable
{
    private readonly ConcurrentDictionary<long, PendingCall> _calls = new();
    private readonly ReceivedCount _received = new();
    private readonly BrokerOptions _options;
    private readonly IBrokerEvents _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _closeLock = new();
    private readonly Action<BrokerFrame> _take;
    private volatile ConnectionLoss? _loss;
    private Task? _closed;
    private long _lastId;
    private int _counted;

    /// <param name="session">The session that it is; without one it ends with its socket.</param>
    /// <param name="options">The client's options.</param>
    /// <param name="events">Where what the broker says of its own accord goes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where oddities are written.</param>
    public BrokerConnection(SessionGreeting session, BrokerOptions options, IBrokerEvents events, TimeProvider time, ILogger logger)
    {
        _options = options;
        _events = events;
        _time = time;
        _logger = logger;
        _take = Take;
        Outbox = new(options.SendQueueCapacity);
        Session = session.Session;
        Window = session.Window;
        Closed = _ended.Token;
        if (Session is not null)
        {
            Outbox.Keep();
        }
    }

    /// <summary>The session's name; null where the connection ends with its socket.</summary>
    public string? Session { get; }

    /// <summary>How long the broker keeps the session without a socket.</summary>
    public TimeSpan Window { get; }

    /// <summary>What is to be sent.</summary>
    public ConnectionOutbox Outbox { get; }

    /// <summary>Ends when the connection is to be closed for good.</summary>
    public Task Closing => _closing.Task;

    /// <summary>Ends when the connection does; may be asked for afterwards.</summary>
    public CancellationToken Closed { get; }

    /// <summary>How many events of the session have come.</summary>
    public long ReceivedFrames => _received.Total;

    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Goes on over another socket, which sends again what the broker does not have; false where that cannot be.</summary>
    public bool TryResume(long receivedByBroker)
    {
        // The broker heard of it in the handshake.
        _received.Reported();
        return Outbox.TryRewind(receivedByBroker);
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
            await Outbox.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
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
            if (!Outbox.TryWrite(frame))
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

    /// <summary>Takes the events of one message; called by the one loop that receives.</summary>
    public void Take(ReadOnlyMemory<byte> text)
    {
        _counted = 0;
        BrokerFrameReader.Read(text, _take);
        if (Session is not null && _received.Add(_counted, text.Length))
        {
            Outbox.Report(_received.Total);
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
        Outbox.Complete();
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

    private void Take(BrokerFrame frame)
    {
        if (frame.Id == SessionHandshake.Id || TakeOfConnection(frame))
        {
            return;
        }

        _counted++;
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
        else if (frame.Event == BrokerEvents.Gap)
        {
            _events.OnGap(new(frame.Count));
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

    /// <summary>Takes what is said of the connection itself, which is neither counted nor sent again.</summary>
    private bool TakeOfConnection(BrokerFrame frame)
    {
        switch (frame.Event)
        {
            case not null when frame.Id is not null:
                return false;
            case BrokerEvents.Received:
                if (frame.Count is not { } count || !Outbox.TryForget(count))
                {
                    throw new InvalidOperationException("The broker reports frames as received that it was not sent.");
                }

                return true;
            case BrokerEvents.Backpressure:
                Outbox.Pause(frame.IsPause);
                return true;
            default:
                return false;
        }
    }
}
