using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Promethean.Broker.Server.Tests;

/// <summary>A client that sends what it is told, word for word.</summary>
internal sealed class RawClient(WebSocket socket, RecordedFrames frames) : IDisposable
{
    private readonly Queue<JsonElement> _arrived = new();
    private readonly byte[] _buffer = new byte[1024 * 1024];

    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    /// <summary>Sends what the schemas do not allow; whatever else does not conform fails its test.</summary>
    public Task SendWrongAsync(string text) => SendWrongAsync(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="SendWrongAsync(string)"/>
    public Task SendWrongAsync(byte[] text)
    {
        frames.ExpectWrong(Encoding.UTF8.GetString(text));
        return SendAsync(text, WebSocketMessageType.Text);
    }

    public Task SendAsync(byte[] bytes, WebSocketMessageType type) =>
        socket.SendAsync(bytes.AsMemory(), type, endOfMessage: true, Guard()).AsTask();

    /// <summary>Sends text that more of the same message is to follow.</summary>
    public Task SendPartAsync(string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text).AsMemory(), WebSocketMessageType.Text, endOfMessage: false, Guard()).AsTask();

    /// <summary>The next event, arrays taken apart; fails when the broker closes instead.</summary>
    public async Task<JsonElement> NextAsync()
    {
        while (_arrived.Count == 0)
        {
            var text = await ReadAsync() ?? throw new InvalidOperationException($"The broker closed: {socket.CloseStatus}.");
            var message = JsonDocument.Parse(text).RootElement;
            foreach (var frame in message.ValueKind == JsonValueKind.Array ? [.. message.EnumerateArray()] : new[] { message })
            {
                _arrived.Enqueue(frame);
            }
        }

        return _arrived.Dequeue();
    }

    public async Task<string> NextTextAsync() => (await NextAsync()).GetRawText();

    /// <summary>Sends a frame and gives the next event.</summary>
    public async Task<JsonElement> AskAsync(string text)
    {
        await SendAsync(text);
        return await NextAsync();
    }

    /// <summary>Sends what the schemas do not allow and gives the next event.</summary>
    public async Task<JsonElement> AskWrongAsync(string text)
    {
        await SendWrongAsync(text);
        return await NextAsync();
    }

    /// <summary>Sends a frame and gives its answer; tasks that come before it are passed over.</summary>
    public async Task<JsonElement> AnswerAsync(string text)
    {
        await SendAsync(text);
        while (true)
        {
            var frame = await NextAsync();
            if (frame.TryGetProperty("id", out _))
            {
                return frame;
            }
        }
    }

    /// <summary>The next whole message as it came; null when the broker closes.</summary>
    public async Task<string?> ReadAsync()
    {
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(length), Guard());
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(_buffer, 0, length);
            }
        }
    }

    public Task CloseAsync() => socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Guard());

    public void Abort() => socket.Abort();

    public void Dispose() => socket.Dispose();

    private static CancellationToken Guard() => new CancellationTokenSource(TestBroker.HangGuard, TimeProvider.System).Token;
}
