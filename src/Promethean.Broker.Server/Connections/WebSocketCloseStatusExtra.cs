using System.Net.WebSockets;

namespace Promethean.Broker.Server;

/// <summary>A registered close code that the framework's enumeration lacks.</summary>
/// <remarks>IANA, <em>WebSocket Close Code Number Registry</em>.</remarks>
internal static class WebSocketCloseStatusExtra
{
    /// <summary>1013: the server is overloaded; come back later.</summary>
    public const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;
}
