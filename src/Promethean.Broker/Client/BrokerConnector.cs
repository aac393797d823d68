using System.Net.WebSockets;

namespace Promethean.Broker;

/// <summary>Opens a WebSocket to a broker.</summary>
/// <param name="url">The address, with what the client announces in its query.</param>
/// <param name="token">The bearer token to send, where there is one.</param>
/// <param name="cancellationToken">Ends when the attempt took too long or the client is disposed.</param>
/// <returns>An open socket, which the client owns from then on.</returns>
/// <exception cref="BrokerException"><see cref="BrokerErrorCode.Unauthorized"/> or <see cref="BrokerErrorCode.Forbidden"/> tells
/// waiting calls at once; any other exception is one failed attempt.</exception>
public delegate Task<WebSocket> BrokerConnector(Uri url, string? token, CancellationToken cancellationToken);
