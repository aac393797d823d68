using Microsoft.Extensions.Logging;

namespace Promethean.Broker;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Connected to the broker at {Url}.")]
    public static partial void Connected(ILogger logger, Uri url);

    [LoggerMessage(2, LogLevel.Warning, "Could not connect to the broker at {Url}: {Reason} Trying again.")]
    public static partial void ConnectFailed(ILogger logger, Uri url, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Lost the connection to the broker at {Url}: {Reason} Connecting again.")]
    public static partial void ConnectionLost(ILogger logger, Uri url, string reason);

    [LoggerMessage(4, LogLevel.Debug, "Gave up connecting to the broker at {Url}: the client was disposed.")]
    public static partial void ConnectAbandoned(ILogger logger, Uri url, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "The broker refused a frame that had no id: {Code}, {Reason}")]
    public static partial void FrameRefused(ILogger logger, BrokerErrorCode code, string reason);

    [LoggerMessage(9, LogLevel.Debug, "Could not cancel a request; the broker does so when the connection ends.")]
    public static partial void CancelLost(ILogger logger, Exception exception);

    [LoggerMessage(14, LogLevel.Information, "Back at the broker at {Url}: nothing was lost.")]
    public static partial void Resumed(ILogger logger, Uri url);
}
