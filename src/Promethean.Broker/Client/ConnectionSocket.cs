using System.Net.WebSockets;

namespace Promethean.Broker;

/// <summary>One socket of a connection: a loop that receives and a loop that sends.</summary>
internal sealed class ConnectionSocket(
    WebSocket socket, SocketMessageReader reader, BrokerConnection connection, IBrokerEvents events, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _broken = new();

    /// <summary>Whether the broker ended the connection, or is none, rather than the network having failed.</summary>
    public bool IsFinal { get; private set; }

    /// <summary>Runs both loops until one ends or the connection is closed, and says why it did; never throws.</summary>
    /// <param name="first">A message that has been read already.</param>
    public async Task<Exception?> RunAsync(SocketMessage? first)
    {
        var receiving = ReceiveAsync(first);
        var sending = SendAsync();
        var ended = await Task.WhenAny(receiving, sending, connection.Closing).ConfigureAwait(false);
        if (connection.Closing.IsCompleted || IsFinal)
        {
            // What is queued goes out, and the broker may answer the closing: once it has, it has forgotten this client.
            await Task.WhenAny(Task.WhenAll(sending, receiving), Task.Delay(CloseGrace, time)).ConfigureAwait(false);
        }

        await _broken.CancelAsync().ConfigureAwait(false);
        socket.Abort();
        await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        socket.Dispose();
        // .NET's WebSocket cancels what it is asked for when it gets no pong.
        return ended.IsCanceled ? new TimeoutException("the broker gave no sign of life.") : ended.Exception?.InnerException;
    }

    public void Dispose() => _broken.Dispose();

    private async Task ReceiveAsync(SocketMessage? first)
    {
        if (first is { } begun)
        {
            await TakeAsync(begun.Text).ConfigureAwait(false);
        }

        while (true)
        {
            var message = await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            if (message.Type == WebSocketMessageType.Close)
            {
                IsFinal = true;
                throw new WebSocketException($"The broker closed the connection: {socket.CloseStatus} {socket.CloseStatusDescription}");
            }

            if (message.IsTooLarge || message.Type == WebSocketMessageType.Binary)
            {
                throw new WebSocketException(
                    $"The broker sent {(message.IsTooLarge ? "a frame beyond BrokerOptions.MaxFrameBytes" : "a binary frame")}.");
            }

            await TakeAsync(message.Text).ConfigureAwait(false);
        }
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> text)
    {
        try
        {
            connection.Take(text);
        }
        catch
        {
            // What cannot be read is no network's doing.
            IsFinal = true;
            throw;
        }

        // Answers of this batch have been passed on; a subscriber that waits for room holds up what comes after it.
        if (events.WaitForRoomAsync() is { IsCompleted: false } room)
        {
            await Task.WhenAny(room, connection.Closing).ConfigureAwait(false);
        }
    }

    private async Task SendAsync()
    {
        var batch = new FrameBatch(allowsMany: true);
        while (await connection.Outbox.FillAsync(batch, _broken.Token).ConfigureAwait(false))
        {
            await socket.SendAsync(batch.ToMessage(), WebSocketMessageType.Text, endOfMessage: true, _broken.Token).ConfigureAwait(false);
            batch.Clear();
        }

        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _broken.Token).ConfigureAwait(false);
        }
    }
}
