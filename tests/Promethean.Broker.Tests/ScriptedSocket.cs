using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

namespace Promethean.Broker.Tests;

/// <summary>A broker's end of a connection that says what a test tells it to, message by message.</summary>
/// <param name="sentCapacity">Messages taken from the client before the test reads one.</param>
internal sealed class ScriptedSocket(int sentCapacity = 64) : WebSocket
{
    private readonly Channel<string> _incoming = Channel.CreateBounded<string>(64);
    private readonly Channel<string> _sent = Channel.CreateBounded<string>(sentCapacity);
    private readonly SemaphoreSlim _sends = new(0);
    private readonly CancellationTokenSource _aborted = new();

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => _aborted.IsCancellationRequested ? WebSocketState.Aborted : WebSocketState.Open;

    public override string? SubProtocol => null;

    /// <summary>Messages that the client has not read.</summary>
    public int Unread => _incoming.Reader.Count;

    /// <summary>The next message that the client has sent.</summary>
    public ValueTask<string> NextSentAsync(CancellationToken cancellationToken) => _sent.Reader.ReadAsync(cancellationToken);

    /// <summary>Ends when the client has begun to send one more message.</summary>
    public Task SendBegunAsync(CancellationToken cancellationToken) => _sends.WaitAsync(cancellationToken);

    public void Say(string message) => _incoming.Writer.TryWrite(message);

    public override void Abort() => _aborted.Cancel();

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        _incoming.Writer.TryComplete(new WebSocketException("The script has ended."));
        return Task.CompletedTask;
    }

    public override void Dispose() => _sends.Dispose();

    public override async Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        var text = await _incoming.Reader.ReadAsync(_aborted.Token);
        return new(Encoding.UTF8.GetBytes(text, buffer), WebSocketMessageType.Text, endOfMessage: true);
    }

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        var sending = _sent.Writer.WriteAsync(Encoding.UTF8.GetString(buffer), cancellationToken).AsTask();
        _sends.Release();
        return sending;
    }
}
