using System.Net;
using System.Net.WebSockets;

namespace Promethean.Broker;

/// <summary>Dials a broker over the network.</summary>
internal sealed class SocketConnector(BrokerOptions options)
{
    public async Task<WebSocket> ConnectAsync(Uri url, string? token, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.KeepAliveInterval = KeepAliveSchedule.SilenceBeforePing(options.KeepAliveInterval, options.KeepAliveTimeout);
            socket.Options.KeepAliveTimeout = options.KeepAliveTimeout;
            if (token is not null)
            {
                socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
            }

            await socket.ConnectAsync(url, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (WebSocketException e)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw status switch
            {
                HttpStatusCode.Unauthorized => new BrokerException(
                    BrokerErrorCode.Unauthorized, $"The broker at {url} does not accept the token; set BrokerOptions.Token.", innerException: e),
                HttpStatusCode.Forbidden => new BrokerException(
                    BrokerErrorCode.Forbidden, $"The broker at {url} refuses this client.", innerException: e),
                // A proxy that has lost its broker for a moment answers so too: worth another attempt.
                HttpStatusCode.NotFound => new WebSocketException(e.WebSocketErrorCode, $"The server at {url} answers 404: no broker listens on this path.", e),
                _ => e,
            };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
