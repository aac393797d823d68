using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "Connection {Connection} opened for org '{Org}', user '{User}'.")]
    public static partial void ConnectionOpened(ILogger logger, string connection, string org, string user);

    [LoggerMessage(2, LogLevel.Debug, "Connection {Connection} closed.")]
    public static partial void ConnectionClosed(ILogger logger, string connection);

    [LoggerMessage(3, LogLevel.Debug, "Connection {Connection} broke off.")]
    public static partial void ConnectionBroke(ILogger logger, string connection, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "Connection {Connection} does not read its replies; it is given up.")]
    public static partial void ConnectionShed(ILogger logger, string connection);

    [LoggerMessage(5, LogLevel.Warning, "Refused a connection from {Address}: {Reason}.")]
    public static partial void ConnectionRefused(ILogger logger, string? address, string reason);

    [LoggerMessage(6, LogLevel.Information, "Draining: {Open} requests are still to end.")]
    public static partial void Draining(ILogger logger, int open);

    [LoggerMessage(7, LogLevel.Warning, "{Open} requests did not end in time; their connections are closed.")]
    public static partial void DrainIncomplete(ILogger logger, int open);

    [LoggerMessage(9, LogLevel.Error, "A frame of connection {Connection} failed inside the broker: '{Action}'.")]
    public static partial void FrameFailed(ILogger logger, string connection, string action, Exception exception);

    [LoggerMessage(8, LogLevel.Error, "Connection {Connection} failed inside the broker.")]
    public static partial void ConnectionFailed(ILogger logger, string connection, Exception exception);

    [LoggerMessage(20, LogLevel.Warning, "{Changes} changes of tasks could not be stored; trying again in {Delay}.")]
    public static partial void JournalWriteFailed(ILogger logger, int changes, TimeSpan delay, Exception exception);

    [LoggerMessage(21, LogLevel.Critical, "Tasks cannot be stored any more; the host is asked to end.")]
    public static partial void JournalLost(ILogger logger, Exception exception);

    [LoggerMessage(22, LogLevel.Error, "{Changes} changes of tasks could not be stored before the end; none of them was acknowledged.")]
    public static partial void FlushIncomplete(ILogger logger, int changes);

    [LoggerMessage(23, LogLevel.Warning, "Dropped dead letter {Task} of '{Queue}', which holds {Limit} already.")]
    public static partial void DeadLetterDropped(ILogger logger, string queue, string task, int limit);

    [LoggerMessage(30, LogLevel.Information, "The backplane is connected.")]
    public static partial void BackplaneConnected(ILogger logger);

    [LoggerMessage(31, LogLevel.Warning, "The backplane is away; clients are told to try again.")]
    public static partial void BackplaneLost(ILogger logger);

    [LoggerMessage(32, LogLevel.Warning, "The backplane does not answer yet; clients are told to try again until it does. {Reason}")]
    public static partial void BackplaneAway(ILogger logger, string reason);

    [LoggerMessage(33, LogLevel.Error, "A call of the backplane failed unexpectedly.")]
    public static partial void BackplaneFailed(ILogger logger, Exception exception);

    [LoggerMessage(34, LogLevel.Warning, "The backplane is connected but has not answered within {Time}; clients are told to try again.")]
    public static partial void BackplaneSilent(ILogger logger, TimeSpan time);

    [LoggerMessage(35, LogLevel.Information, "The backplane answers again.")]
    public static partial void BackplaneAnswers(ILogger logger);

    [LoggerMessage(36, LogLevel.Warning, "The backplane did not let go within {Time}; it is left as it is.")]
    public static partial void BackplaneNotLeft(ILogger logger, TimeSpan time);
}
