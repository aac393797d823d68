using System.Net.Sockets;
using System.Security.Authentication;
using Promethean.SafeHttp;

namespace Promethean.Crawler;

/// <summary>Tells what an exception of the HTTP client means for a page.</summary>
internal static class NetworkFailure
{
    /// <summary>The result the exception stands for, or null where it is no failure of the network.</summary>
    public static FetchResult? Classify(Exception exception, Uri url) => exception switch
    {
        ForbiddenAddressException e => Refused(url, FetchRefusal.Address, e.Message),
        ForbiddenRequestException e => Refused(url, FetchRefusal.Url, e.Message),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } e => Refused(url, FetchRefusal.TooLarge, Words(e)),
        HttpRequestException e => Failed(url, e, IsTransient(e)),
        InvalidDataException => new FetchFailed { FinalUrl = url, Reason = "its body could not be decompressed", IsTransient = false },
        IOException e => Failed(url, e, isTransient: true),
        _ => null,
    };

    /// <summary>The innermost message, which names the cause.</summary>
    public static string Words(Exception exception)
    {
        var innermost = exception;
        while (innermost.InnerException is { } inner) innermost = inner;
        return innermost == exception ? exception.Message : $"{exception.Message} {innermost.Message}";
    }

    private static bool IsTransient(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => e.InnerException is not SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData },
        HttpRequestError.SecureConnectionError => e.InnerException is not AuthenticationException,
        HttpRequestError.InvalidResponse or HttpRequestError.VersionNegotiationError or HttpRequestError.UserAuthenticationError => false,
        _ => true,
    };

    private static FetchRefused Refused(Uri url, FetchRefusal refusal, string reason) =>
        new() { FinalUrl = url, Target = url, Refusal = refusal, Reason = reason };

    private static FetchFailed Failed(Uri url, Exception e, bool isTransient) =>
        new() { FinalUrl = url, Reason = Words(e), IsTransient = isTransient };
}
