using System.Net.WebSockets;
using System.Text.Json;

namespace Promethean.Broker;

/// <summary>The first frames of a socket: the client asks for a session, the broker says which.</summary>
internal static class SessionHandshake
{
    /// <summary>The id of the frame that asks; calls count from 1.</summary>
    public const string Id = "0";

    /// <summary>Asks, and reads the message that begins with the answer.</summary>
    /// <returns>The answer, and the message, whose further frames are still to be taken.</returns>
    public static async Task<(SessionGreeting Greeting, SocketMessage Message)> ShakeAsync(
        WebSocket socket, SocketMessageReader reader, BrokerConnection? kept, CancellationToken cancellationToken)
    {
        var request = ClientFrames.Resume(Id, kept?.Session, kept?.ReceivedFrames ?? 0);
        await socket.SendAsync(request, WebSocketMessageType.Text, endOfMessage: true, cancellationToken).ConfigureAwait(false);
        var message = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (message.Type != WebSocketMessageType.Text || message.IsTooLarge)
        {
            throw new WebSocketException($"The broker ended the connection at its start: {socket.CloseStatus} {socket.CloseStatusDescription}");
        }

        SessionGreeting? greeting = null;
        BrokerFrameReader.Read(message.Text, frame =>
        {
            if (frame.Id == Id)
            {
                greeting = frame.Payload.IsEmpty ? SessionGreeting.None : Read(frame.Payload.Span);
            }
        });
        return (greeting ?? throw new WebSocketException("The broker's first event answers nothing that it was asked."), message);
    }

    private static SessionGreeting Read(ReadOnlySpan<byte> payload)
    {
        string? session = null;
        var isResumed = false;
        long received = 0;
        double window = 0;
        var reader = JsonMembers.Enter(payload);
        while (JsonMembers.Next(ref reader))
        {
            if (reader.ValueTextEquals("session"u8))
            {
                reader.Read();
                session = reader.GetString();
            }
            else if (reader.ValueTextEquals("resumed"u8))
            {
                reader.Read();
                isResumed = reader.TokenType == JsonTokenType.True;
            }
            else if (reader.ValueTextEquals("received"u8))
            {
                reader.Read();
                received = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("window_ms"u8))
            {
                reader.Read();
                window = reader.GetDouble();
            }
            else
            {
                JsonMembers.SkipValue(ref reader);
            }
        }

        return new(session, isResumed, received, TimeSpan.FromMilliseconds(Math.Clamp(window, 0, TimeSpan.FromDays(1).TotalMilliseconds)));
    }
}
