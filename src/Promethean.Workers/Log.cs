using Microsoft.Extensions.Logging;

namespace Promethean.Workers;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Serving {Action} with {Models}")]
    public static partial void Serving(ILogger logger, string action, string models);

    [LoggerMessage(2, LogLevel.Warning, "The model {Model} failed with {Code}")]
    public static partial void ModelFailed(ILogger logger, string model, string code, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "Could not register at the broker; the next attempt is in {Delay}")]
    public static partial void NotRegistered(ILogger logger, TimeSpan delay, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "The worker for {Action} has ended for good")]
    public static partial void NotServing(ILogger logger, string action, Exception exception);
}
