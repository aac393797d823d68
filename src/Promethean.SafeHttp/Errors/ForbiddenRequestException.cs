namespace Promethean.SafeHttp;

/// <summary>A request whose own shape is refused: its scheme, a user name in its URL, or a protocol that cannot be guarded.</summary>
public sealed class ForbiddenRequestException : SafeHttpException
{
    internal ForbiddenRequestException(Uri? requestUri, string message)
        : base(message) => RequestUri = requestUri;

    /// <summary>The URL of the request, or null where it had none.</summary>
    public Uri? RequestUri { get; }
}
