using Promethean.Broker;
using Promethean.Broker.Server.Tests;

namespace Promethean.EndToEnd.Tests;

/// <summary>Clients of a broker in another process: they dial as they do elsewhere, and what goes over their sockets is recorded.</summary>
internal static class RecordedDialling
{
    public static BrokerOptions RecordedBy(this BrokerOptions options, RecordedFrames frames)
    {
        var connector = new SocketConnector(options);
        options.Connector = async (url, token, cancellationToken) => new RecordingSocket(await connector.ConnectAsync(url, token, cancellationToken), frames);
        return options;
    }
}
