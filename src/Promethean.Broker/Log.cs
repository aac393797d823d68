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

    [LoggerMessage(6, LogLevel.Error, "A handler of '{Pattern}' failed on message {Id}; the next follows.")]
    public static partial void HandlerFailed(ILogger logger, string pattern, string id, Exception exception);

    [LoggerMessage(7, LogLevel.Error, "A handler of '{Action}' failed on task {Id}; the caller is told so.")]
    public static partial void TaskFailed(ILogger logger, string action, string id, Exception exception);

    [LoggerMessage(8, LogLevel.Debug, "Could not answer task {Id}; the broker has told the caller.")]
    public static partial void AnswerLost(ILogger logger, string id, Exception exception);

    [LoggerMessage(9, LogLevel.Debug, "Could not cancel a request; the broker does so when the connection ends.")]
    public static partial void CancelLost(ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Error, "A message found the buffer of the subscription to '{Pattern}' full; the subscription ends.")]
    public static partial void SubscriptionOverflowed(ILogger logger, string pattern);

    [LoggerMessage(11, LogLevel.Error, "A handler of queue '{Queue}' failed on task {Id}, attempt {Attempt}; the task is given back.")]
    public static partial void DeliveryFailed(ILogger logger, string queue, string id, int attempt, Exception exception);

    [LoggerMessage(12, LogLevel.Warning, "Could not settle task {Id} of queue '{Queue}'; the broker gives it out again.")]
    public static partial void SettlementLost(ILogger logger, string queue, string id, Exception exception);

    [LoggerMessage(13, LogLevel.Error, "What the subscription to '{Pattern}' does at a gap failed; the next message follows.")]
    public static partial void GapHandlerFailed(ILogger logger, string pattern, Exception exception);

    [LoggerMessage(14, LogLevel.Information, "Back at the broker at {Url}: nothing was lost.")]
    public static partial void Resumed(ILogger logger, Uri url);
}
