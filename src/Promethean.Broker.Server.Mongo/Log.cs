using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server.Mongo;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "The tasks of {Collection} are this broker's, as owner {Token}.")]
    public static partial void Owned(ILogger logger, string collection, long token);

    [LoggerMessage(2, LogLevel.Warning, "{Collection} was left by {Holder} without a word; waiting {Wait} to see whether it lives.")]
    public static partial void WaitingForOwner(ILogger logger, string collection, string holder, TimeSpan wait);

    [LoggerMessage(3, LogLevel.Warning, "The ownership of {Collection} could not be renewed; trying again.")]
    public static partial void RenewalFailed(ILogger logger, string collection, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "The ownership of {Collection} could not be given up; the next broker waits for its end.")]
    public static partial void ReleaseFailed(ILogger logger, string collection, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "{Count} tasks of {Collection} were changed but are not there: somebody removed them.")]
    public static partial void TasksMissing(ILogger logger, long count, string collection);
}
