using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Redis;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Connected to Redis at {Address}.")]
    public static partial void Connected(ILogger logger, string address);

    [LoggerMessage(2, LogLevel.Warning, "Could not connect to Redis at {Address}: {Reason} Trying again.")]
    public static partial void ConnectFailed(ILogger logger, string address, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Lost the connection to Redis at {Address}: {Reason} Connecting again.")]
    public static partial void ConnectionLost(ILogger logger, string address, string reason);

    [LoggerMessage(4, LogLevel.Warning, "Could not show Redis that this client lives: {Reason}")]
    public static partial void BeatFailed(ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Warning, "Something arrived in the inbox that cannot be read; it is left out.")]
    public static partial void NoteUnreadable(ILogger logger, Exception exception);

    [LoggerMessage(6, LogLevel.Debug, "Could not cancel request {Id}; it is tried again with the next sign of life.")]
    public static partial void CancelLost(ILogger logger, string id, Exception exception);

    [LoggerMessage(7, LogLevel.Warning, "A message on '{Channel}' cannot be read; it is left out.")]
    public static partial void MessageUnreadable(ILogger logger, string channel, Exception exception);

    [LoggerMessage(8, LogLevel.Debug, "Could not end the registration of {Name}; it runs out by itself.")]
    public static partial void LeaveLost(ILogger logger, string name, Exception exception);

    [LoggerMessage(9, LogLevel.Debug, "Could not look after queue '{Queue}'; the next sign of life does.")]
    public static partial void PokeLost(ILogger logger, string queue, Exception exception);
}
