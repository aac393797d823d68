using StackExchange.Redis;

namespace Promethean.Broker.Redis;

/// <summary>Says Redis' errors in the broker's codes.</summary>
internal static class RedisErrors
{
    public const string NobodyThere =
        $"No Redis answers there: start it, or name another address ({RedisBrokerOptions.Variable}, RedisBrokerOptions.Configuration).";

    /// <summary>The broker's error for it; null for what is not an error of Redis.</summary>
    public static BrokerException? Translate(Exception exception, string what) => exception switch
    {
        RedisServerException server => FromServer(server, what),
        RedisConnectionException connection => FromConnection(connection, what),
        TimeoutException => new(BrokerErrorCode.Timeout, $"Redis did not answer {what} in time; it may have been done.", innerException: exception),
        ObjectDisposedException => new(BrokerErrorCode.Cancelled, $"The connection to Redis was closed before {what} was answered.", innerException: exception),
        RedisException => new(BrokerErrorCode.Internal, $"Redis failed on {what}: {exception.Message}", innerException: exception),
        _ => null,
    };

    /// <summary>Whether trying again is of no use until somebody changes something.</summary>
    public static bool IsRefusal(BrokerException error) => error.Code is BrokerErrorCode.Unauthorized or BrokerErrorCode.Forbidden;

    private static BrokerException FromConnection(RedisConnectionException exception, string what)
    {
        var text = AllText(exception);
        if (exception.FailureType == ConnectionFailureType.AuthenticationFailure || IsAuthentication(text))
        {
            return new(BrokerErrorCode.Unauthorized, "Redis does not accept the user or the password: correct them (REDIS_URL, RedisBrokerOptions.Configuration).", innerException: exception);
        }

        if (exception.FailureType == ConnectionFailureType.UnableToConnect)
        {
            return new(BrokerErrorCode.Internal, NobodyThere, innerException: exception);
        }

        return exception.FailureType == ConnectionFailureType.ConnectionDisposed
            ? new(BrokerErrorCode.Cancelled, $"The connection to Redis was closed before {what} was answered.", innerException: exception)
            : new(BrokerErrorCode.Internal, $"The connection to Redis was lost before {what} was answered; it may have been done.", innerException: exception);
    }

    private static BrokerException FromServer(RedisServerException exception, string what)
    {
        var text = exception.Message;
        return text switch
        {
            _ when Says(text, "OOM ") => new(
                BrokerErrorCode.Overloaded, $"Redis has no memory left for {what} (maxmemory).", TimeSpan.FromSeconds(1), exception),
            _ when Says(text, "READONLY ") => new(
                BrokerErrorCode.Internal, $"Redis is a read-only replica and cannot take {what}; connect to the primary.", innerException: exception),
            _ when IsAuthentication(text) => new(
                BrokerErrorCode.Unauthorized, "Redis does not accept the user or the password: correct them (REDIS_URL, RedisBrokerOptions.Configuration).", innerException: exception),
            _ when Says(text, "NOPERM") => new(
                BrokerErrorCode.Forbidden, $"Redis does not permit this user {what}: {text}", innerException: exception),
            _ when Says(text, "LOADING ") || Says(text, "BUSY ") || Says(text, "MASTERDOWN ") || Says(text, "TRYAGAIN ") => new(
                BrokerErrorCode.Overloaded, $"Redis is not ready for {what}: {text}", TimeSpan.FromSeconds(1), exception),
            _ => new(BrokerErrorCode.Internal, $"Redis failed on {what}: {text}", innerException: exception),
        };
    }

    private static bool IsAuthentication(string text) => Says(text, "NOAUTH ") || Says(text, "WRONGPASS ");

    // An error within a script may stand behind words of the script's own.
    private static bool Says(string text, string code) => text.Contains(code, StringComparison.Ordinal);

    private static string AllText(Exception exception)
    {
        var text = exception.Message;
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            text += " " + inner.Message;
        }

        return text;
    }
}
