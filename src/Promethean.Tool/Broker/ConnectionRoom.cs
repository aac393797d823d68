namespace Promethean.Tool;

/// <summary>How many connections a broker can have open at once.</summary>
/// <param name="Requests">Those that are no WebSocket, or not yet.</param>
/// <param name="WebSockets">Those of clients.</param>
/// <param name="Sockets">All, with those that are being refused.</param>
internal sealed record ConnectionRoom(int Requests, int WebSockets, int Sockets);
