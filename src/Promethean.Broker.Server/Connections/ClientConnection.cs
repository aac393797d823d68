using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server;

/// <summary>One client: a loop that reads its frames and acts on them in order, and a loop that sends what waits for it.</summary>
internal sealed class ClientConnection(
    string name,
    WebSocket socket,
    bool takesArrays,
    FrameRouter router,
    BrokerServerOptions options,
    BrokerServerMetrics metrics,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(2);

    private readonly OutgoingQueue _outgoing = new(options);
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _closeLock = new();
    private WebSocketCloseStatus _closeStatus = WebSocketCloseStatus.NormalClosure;
    private int _shed;
    private string? _closeReason;

    /// <summary>Tells connections apart in logs.</summary>
    public string Name => name;

    /// <summary>The patterns it is subscribed to; the topic router's to change.</summary>
    public HashSet<string> Patterns { get; } = [];

    /// <summary>What it asked for and what it works on; the dispatcher's to change.</summary>
    public ConnectionWork Work { get; } = new();

    /// <summary>What it consumes and holds of queues; the queue dispatcher's to change.</summary>
    public ConnectionQueues Queues { get; } = new();

    /// <summary>Serves the connection until either side ends it; never throws.</summary>
    public async Task RunAsync(CancellationToken aborted)
    {
        using var registration = aborted.Register(Abort);
        var writing = WriteAsync();
        var reading = ReadAsync();
        await Task.WhenAny(reading, writing, _closing.Task).ConfigureAwait(false);
        // Before the closing is answered: a client that has seen the answer is gone for everyone else too.
        router.Forget(this);
        Close(WebSocketCloseStatus.NormalClosure, null);
        // What is queued goes out, and the other side may answer the closing, but neither for ever.
        var ended = Task.WhenAll(writing, reading);
        if (await Task.WhenAny(ended, Task.Delay(CloseGrace, time, _abort.Token)).ConfigureAwait(false) != ended)
        {
            // Only then: an abort resets the connection, and with it the closing that may still be on its way.
            socket.Abort();
        }

        await _abort.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(writing, reading).ConfigureAwait(false);
    }

    /// <summary>Queues a reply or a task. A client that lets too many wait is given up.</summary>
    public void Reply(ReadOnlyMemory<byte> frame)
    {
        // Told and counted once: what else the client sent comes here too until its socket is closed.
        if (!_outgoing.TryAddReply(frame) && Interlocked.Exchange(ref _shed, 1) == 0)
        {
            Log.ConnectionShed(logger, name);
            metrics.Shed();
            Abort();
        }
    }

    /// <summary>Says that something is done, or why not; nothing where the id is empty, since nobody waits.</summary>
    public void Acknowledge(ReadOnlyMemory<byte> rawId, Refusal? refusal)
    {
        if (rawId.IsEmpty)
        {
            return;
        }

        if (refusal is null)
        {
            Reply(ServerFrames.Ok(rawId));
        }
        else
        {
            Refuse(rawId, refusal);
        }
    }

    public void Refuse(ReadOnlyMemory<byte> rawId, Refusal refusal)
    {
        metrics.Failed(refusal.Code);
        Reply(ServerFrames.Error(rawId, refusal));
    }

    /// <summary>Whether it reads fast enough to be given a task of a queue; where not, the router hears when it does.</summary>
    public bool HasRoomForTask() => _outgoing.HasRoomForTask();

    /// <summary>Queues a topic message; the oldest waiting makes room.</summary>
    public void Deliver(ReadOnlyMemory<byte> frame) => metrics.Dropped(_outgoing.AddMessage(frame));

    /// <summary>Closes after what is queued; the first status given counts.</summary>
    public void Close(WebSocketCloseStatus status, string? reason)
    {
        lock (_closeLock)
        {
            if (_closing.Task.IsCompleted)
            {
                return;
            }

            _closeStatus = status;
            _closeReason = reason;
            _closing.SetResult();
        }

        _outgoing.Complete();
    }

    public void Dispose() => _abort.Dispose();

    // Off the caller's thread: whoever fills a queue must not run what ends the connection.
    private void Abort() => _ = Task.Run(async () =>
    {
        Close(WebSocketCloseStatus.PolicyViolation, null);
        try
        {
            await _abort.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself meanwhile.
        }
    });

    private async Task ReadAsync()
    {
        using var reader = new SocketMessageReader(socket, options.MaxFrameBytes);
        var frames = new List<ClientFrame>();
        try
        {
            while (true)
            {
                var message = await reader.ReadAsync(_abort.Token).ConfigureAwait(false);
                if (message.Type == WebSocketMessageType.Close)
                {
                    return;
                }

                if (_closing.Task.IsCompleted)
                {
                    // Only the other side's closing is still of interest.
                }
                else if (message.IsTooLarge)
                {
                    Refuse(default, new(BrokerErrorCode.TooLarge, $"A message has at most {options.MaxFrameBytes} bytes."));
                    Close(WebSocketCloseStatus.MessageTooBig, "too_large");
                }
                else if (message.Type == WebSocketMessageType.Binary)
                {
                    Refuse(default, Refusal.Invalid("Frames are text."));
                    Close(WebSocketCloseStatus.InvalidMessageType, "invalid_request");
                }
                else if (!Utf8.IsValid(message.Text.Span))
                {
                    Refuse(default, Refusal.Invalid("Frames are UTF-8."));
                    Close(WebSocketCloseStatus.InvalidPayloadData, "invalid_request");
                }
                else
                {
                    Take(message.Text, frames);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            Log.ConnectionBroke(logger, name, e);
        }
    }

    private void Take(ReadOnlyMemory<byte> text, List<ClientFrame> frames)
    {
        try
        {
            ClientFrameReader.Read(text, frames);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            Refuse(default, Refusal.Invalid($"The message is not JSON that can be read: {e.Message}"));
            return;
        }

        metrics.Received(frames.Count, text.Length);
        foreach (var frame in frames)
        {
            try
            {
                router.Take(this, frame);
            }
            catch (InvalidOperationException e)
            {
                // Escapes of half a surrogate pair are JSON, but not text.
                Refuse(frame.RawId, Refusal.Invalid($"The frame cannot be read: {e.Message}"));
            }
        }
    }

    private async Task WriteAsync()
    {
        var batch = new FrameBatch(takesArrays);
        try
        {
            while (await _outgoing.FillAsync(batch, _abort.Token).ConfigureAwait(false))
            {
                var message = batch.ToMessage();
                await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, _abort.Token).ConfigureAwait(false);
                metrics.Sent(batch.Count, message.Length);
                batch.Clear();
                if (_outgoing.TryTellRoom())
                {
                    router.Resume(this);
                }
            }

            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(_closeStatus, _closeReason, _abort.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            Log.ConnectionBroke(logger, name, e);
        }
    }
}
