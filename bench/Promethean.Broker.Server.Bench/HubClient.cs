using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace Promethean.Broker.Server.Bench;

/// <summary>SignalR's client over a WebSocket, with its JSON protocol and its defaults.</summary>
internal static class HubClient
{
    public static HubConnection To(Uri address) => new HubConnectionBuilder()
        .WithUrl(
            new Uri($"http://{address.Authority}{address.AbsolutePath}"),
            options => (options.SkipNegotiation, options.Transports) = (true, HttpTransportType.WebSockets))
        .Build();
}
