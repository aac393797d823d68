using System.Net.WebSockets;

namespace Promethean.Broker;

/// <summary>One whole message of a WebSocket; its text is borrowed until the next is read.</summary>
/// <param name="Type">Text, binary or the closing of the other side.</param>
/// <param name="Text">What it carries; empty when it closes or is too large.</param>
/// <param name="IsTooLarge">Whether it passed the limit; what remains of it has not been read.</param>
internal readonly record struct SocketMessage(WebSocketMessageType Type, ReadOnlyMemory<byte> Text, bool IsTooLarge = false);
