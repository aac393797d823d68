using Microsoft.Extensions.Logging;

namespace Promethean.Broker;

/// <summary>What becomes of handlers and of what they were given.</summary>
internal static partial class HandlerLog
{
    [LoggerMessage(6, LogLevel.Error, "A handler of '{Pattern}' failed on message {Id}; the next follows.")]
    public static partial void HandlerFailed(ILogger logger, string pattern, string id, Exception exception);

    [LoggerMessage(7, LogLevel.Error, "A handler of '{Action}' failed on task {Id}; the caller is told so.")]
    public static partial void TaskFailed(ILogger logger, string action, string id, Exception exception);

    [LoggerMessage(8, LogLevel.Debug, "Could not answer task {Id}; the broker has told the caller.")]
    public static partial void AnswerLost(ILogger logger, string id, Exception exception);

    [LoggerMessage(10, LogLevel.Error, "A message found the buffer of the subscription to '{Pattern}' full; the subscription ends.")]
    public static partial void SubscriptionOverflowed(ILogger logger, string pattern);

    [LoggerMessage(11, LogLevel.Error, "A handler of queue '{Queue}' failed on task {Id}, attempt {Attempt}; the task is given back.")]
    public static partial void DeliveryFailed(ILogger logger, string queue, string id, int attempt, Exception exception);

    [LoggerMessage(12, LogLevel.Warning, "Could not settle task {Id} of queue '{Queue}'; the broker gives it out again.")]
    public static partial void SettlementLost(ILogger logger, string queue, string id, Exception exception);

    [LoggerMessage(13, LogLevel.Error, "What the subscription to '{Pattern}' does at a gap failed; the next message follows.")]
    public static partial void GapHandlerFailed(ILogger logger, string pattern, Exception exception);
}
