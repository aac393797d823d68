namespace Promethean.SafeHttp;

/// <summary>
/// A request that was refused by rule, before a byte of it was sent. An <see cref="HttpRequestException"/>, so that code
/// which handles failed requests handles it too.
/// </summary>
public abstract class SafeHttpException : HttpRequestException
{
    private protected SafeHttpException(string message)
        : base(HttpRequestError.ConnectionError, message)
    {
    }
}
