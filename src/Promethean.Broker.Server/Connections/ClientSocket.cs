using System.Net.WebSockets;
using System.Text.Unicode;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server;

/// <summary>One socket of a client: a loop that reads its messages, and a loop that sends what waits for it.</summary>
/// <remarks>Nothing is sent before the first message, since that may ask to go on with an earlier connection.</remarks>
internal sealed class ClientSocket(
    WebSocket socket,
    BufferedTransport? transport,
    bool takesArrays,
    ClientConnection fresh,
    SessionTable sessions,
    FrameRouter router,
    BrokerServerOptions options,
    BrokerServerMetrics metrics,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(2);

    // What leaves in one piece; more would keep the first of it waiting.
    private const int HeldBytes = 16 * 1024;

    private readonly ClientConnection _fresh = fresh;
    private readonly WriterWakes _wakes = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosedByClient;

    /// <summary>The connection it serves: a new one, until its first message says otherwise.</summary>
    public ClientConnection Connection { get; private set; } = fresh;

    /// <summary>Serves the connection until either side ends it or the socket breaks; throws only where the broker itself is at fault.</summary>
    public async Task RunAsync(CancellationToken aborted)
    {
        using var registration = aborted.Register(BreakSoon);
        var reading = ReadAsync();
        await Task.WhenAny(reading, _begun.Task, Connection.Closing).ConfigureAwait(false);
        var connection = Connection;
        if (connection == _fresh && !_begun.Task.IsCompleted)
        {
            connection.Outgoing.TryAttach(default, null);
        }

        var writing = WriteAsync(connection);
        await Task.WhenAny(reading, writing, connection.Closing).ConfigureAwait(false);
        if (connection.Closing.IsCompleted || _isClosedByClient || !sessions.Has(connection))
        {
            // Before the closing is answered: a client that has seen the answer is gone for everyone else too.
            sessions.End(connection);
            await FinishAsync(Task.WhenAll(writing, reading)).ConfigureAwait(false);
        }
        else
        {
            try
            {
                await BreakAsync(Task.WhenAll(writing, reading)).ConfigureAwait(false);
            }
            catch
            {
                // A fault of the broker's own: nobody knows what was taken, so nothing can go on from here.
                sessions.End(connection);
                throw;
            }

            sessions.Detach(connection);
        }
    }

    /// <summary>Ends the socket without a word; its session, where it has one, can be resumed.</summary>
    public void Break() => _ = Task.Run(async () =>
    {
        try
        {
            await _abort.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself meanwhile.
        }
    });

    public void Dispose() => _abort.Dispose();

    // The other side is gone. What it sent before may still be unread, and the reading of it ends by itself.
    private void BreakSoon() => _ = Task.Run(async () =>
    {
        try
        {
            await Task.Delay(CloseGrace, time, _abort.Token).ConfigureAwait(false);
            await _abort.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
        {
            // It ended by itself meanwhile.
        }
    });

    private async Task FinishAsync(Task ended)
    {
        // What is queued goes out, and the other side may answer the closing, but neither for ever.
        if (await Task.WhenAny(ended, Task.Delay(CloseGrace, time, _abort.Token)).ConfigureAwait(false) != ended)
        {
            // Only then: an abort resets the connection, and with it the closing that may still be on its way.
            socket.Abort();
        }

        await _abort.CancelAsync().ConfigureAwait(false);
        await ended.ConfigureAwait(false);
    }

    private async Task BreakAsync(Task ended)
    {
        await _abort.CancelAsync().ConfigureAwait(false);
        socket.Abort();
        await ended.ConfigureAwait(false);
    }

    private async Task ReadAsync()
    {
        using var unfinished = time.CreateTimer(_ => GiveUpMessage(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (transport is not null)
        {
            transport.BeforeRead = _wakes.Run;
        }

        using var reader = new SocketMessageReader(socket, options.MaxFrameBytes, unfinished, options.MessageTimeout);
        var frames = new FrameList();
        try
        {
            while (true)
            {
                var reading = reader.ReadAsync(_abort.Token);
                if (!reading.IsCompleted || transport is null)
                {
                    _wakes.Run();
                }

                var message = await reading.ConfigureAwait(false);
                if (message.Type == WebSocketMessageType.Close)
                {
                    _isClosedByClient = true;
                    return;
                }

                if (Connection.Closing.IsCompleted)
                {
                    // Only the other side's closing is still of interest.
                    continue;
                }

                if (!_begun.Task.IsCompleted)
                {
                    await BeginAsync(message, frames).ConfigureAwait(false);
                    _begun.SetResult();
                }
                else
                {
                    Take(message, frames);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            Log.ConnectionBroke(logger, Connection.Name, e);
        }
        finally
        {
            _wakes.Run();
        }
    }

    /// <summary>Takes the first message, which may be a lone <c>resume</c>.</summary>
    private async ValueTask BeginAsync(SocketMessage message, FrameList frames)
    {
        if (Problem(message) is null && ResumeRequest.Read(message.Text, frames, router) is { } asked)
        {
            Connection = await sessions.BeginAsync(this, _fresh, asked, _abort.Token).ConfigureAwait(false);
            router.Resume(Connection);
        }
        else
        {
            _fresh.Outgoing.TryAttach(default, null);
            Take(message, frames);
        }
    }

    private void Take(SocketMessage message, FrameList frames)
    {
        if (Problem(message) is var (status, refusal))
        {
            Connection.Refuse(default, refusal);
            Connection.End(status, refusal.Code.ToWireName());
        }
        else
        {
            _wakes.Collect();
            try
            {
                Connection.Take(message.Text, frames);
            }
            finally
            {
                WriterWakes.EndCollect();
            }
        }
    }

    /// <summary>The rest of a message does not come, and what there is of it is held.</summary>
    private void GiveUpMessage()
    {
        var refusal = new Refusal(BrokerErrorCode.Timeout, $"The rest of a message did not come within {options.MessageTimeout}.");
        Connection.Refuse(default, refusal);
        Connection.End(WebSocketCloseStatus.PolicyViolation, refusal.Code.ToWireName());
    }

    private (WebSocketCloseStatus Status, Refusal Refusal)? Problem(SocketMessage message) =>
        message.IsTooLarge
            ? (WebSocketCloseStatus.MessageTooBig, new(BrokerErrorCode.TooLarge, $"A message has at most {options.MaxFrameBytes} bytes."))
        : message.Type == WebSocketMessageType.Binary ? (WebSocketCloseStatus.InvalidMessageType, Refusal.Invalid("Frames are text."))
        : !Utf8.IsValid(message.Text.Span) ? (WebSocketCloseStatus.InvalidPayloadData, Refusal.Invalid("Frames are UTF-8."))
        : null;

    private async Task WriteAsync(ClientConnection connection)
    {
        var batch = new FrameBatch(takesArrays);
        try
        {
            while (await connection.Outgoing.FillAsync(batch, _abort.Token).ConfigureAwait(false))
            {
                transport?.Hold();
                var held = 0;
                do
                {
                    var message = batch.ToMessage();
                    await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, _abort.Token).ConfigureAwait(false);
                    metrics.Sent(batch.Count, message.Length);
                    held += message.Length;
                    batch.Clear();
                }
                while (transport is not null && held < HeldBytes && connection.Outgoing.Fill(batch) is true);

                if (transport is not null)
                {
                    await transport.ReleaseAsync(_abort.Token).ConfigureAwait(false);
                }

                if (connection.Outgoing.TryTellRoom())
                {
                    router.Resume(connection);
                }
            }

            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(connection.Close.Status, connection.Close.Reason, _abort.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            Log.ConnectionBroke(logger, connection.Name, e);
        }
    }
}
