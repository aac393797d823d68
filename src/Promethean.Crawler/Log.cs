using Microsoft.Extensions.Logging;

namespace Promethean.Crawler;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Run {Run} begins: {Seeds} seeds, at most {MaxPages} pages, {MaxDepth} links deep")]
    public static partial void RunBegins(ILogger logger, int run, int seeds, int maxPages, int maxDepth);

    [LoggerMessage(2, LogLevel.Information, "Run {Run} goes on where it was interrupted, at {Pages} of at most {MaxPages} pages")]
    public static partial void RunGoesOn(ILogger logger, int run, long pages, int maxPages);

    [LoggerMessage(3, LogLevel.Information, "Run {Run} is over: {Pages} pages, {Edges} edges, {Vectors} vectors, {Failed} failed, {Seconds:F1} s")]
    public static partial void RunOver(ILogger logger, int run, long pages, long edges, long vectors, long failed, double seconds);

    [LoggerMessage(4, LogLevel.Debug, "{Url} {Outcome}")]
    public static partial void UrlEnded(ILogger logger, Uri url, string outcome);

    [LoggerMessage(5, LogLevel.Information, "{Url} failed and is tried again in {Delay}: {Reason}")]
    public static partial void FetchRetried(ILogger logger, Uri url, TimeSpan delay, string reason);

    [LoggerMessage(6, LogLevel.Warning, "{Host} is given up for this run after {Failures} failures in a row, with {Urls} URLs waiting: {Reason}")]
    public static partial void HostGivenUp(ILogger logger, string host, int failures, long urls, string reason);

    [LoggerMessage(7, LogLevel.Warning, "The broker is away; passes wait {Delay}: {Reason}")]
    public static partial void BrokerAway(ILogger logger, TimeSpan delay, string reason);

    [LoggerMessage(8, LogLevel.Information, "The {Pass} pass of {Url} failed ({Tries} tries) and runs again in {Delay}: {Reason}")]
    public static partial void PassFailed(ILogger logger, string pass, string url, int tries, TimeSpan delay, string reason);

    [LoggerMessage(9, LogLevel.Warning, "The {Pass} pass of {Url} is given up after {Tries} tries: {Reason}")]
    public static partial void PassGivenUp(ILogger logger, string pass, string url, int tries, string reason);

    [LoggerMessage(10, LogLevel.Information, "Search mended: {Repaired} vectors written anew, {Deleted} removed, {Failed} still to mend, of {Checked}")]
    public static partial void Reconciled(ILogger logger, long @checked, long repaired, long deleted, long failed);

    [LoggerMessage(11, LogLevel.Warning, "{Url} could not be parsed")]
    public static partial void ParseFailed(ILogger logger, Exception error, Uri url);
}
