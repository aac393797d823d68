using Microsoft.Extensions.Logging;

namespace Promethean.DualSink;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Sink {Sink}: attempt {Attempt} on the vector of {Key} failed and will be repeated")]
    public static partial void Retrying(ILogger logger, Exception error, string sink, string key, int attempt);

    [LoggerMessage(2, LogLevel.Error, "Sink {Sink}: the vector of {Key} was given up after {Attempts} attempts and is left for reconciliation")]
    public static partial void Failed(ILogger logger, Exception error, string sink, string key, int attempts);

    [LoggerMessage(3, LogLevel.Warning, "Sink {Sink}: the failure of {Key} could not be noted in its document")]
    public static partial void FailureNotNoted(ILogger logger, Exception error, string sink, string key);

    [LoggerMessage(4, LogLevel.Error, "Sink {Sink}: {Key} could not be mended")]
    public static partial void NotMended(ILogger logger, Exception error, string sink, string key);

    [LoggerMessage(5, LogLevel.Information, "Sink {Sink} reconciled: {Checked} checked, {Repaired} repaired, {Deleted} deleted, {Failed} failed")]
    public static partial void Reconciled(ILogger logger, string sink, long @checked, long repaired, long deleted, long failed);
}
