using System.Diagnostics;
using System.Net;
using System.Runtime.ExceptionServices;

namespace Promethean.SafeHttp;

/// <summary>
/// The handler of an <see cref="HttpClient"/> that fetches what strangers name: it connects only to addresses of the public
/// internet, unless told otherwise.
/// </summary>
/// <remarks>
/// Each new connection resolves its host once, judges every address, and connects to an allowed one of just those, so a
/// name that changes its mind between the check and the connection (DNS rebinding) gains nothing. Where a host has both
/// allowed and refused addresses, the refused ones are passed over. Redirects are returned, not followed: send the next
/// request yourself, and it is judged in turn. There is no proxy (it would resolve names out of sight), no cookie, no
/// credential, no decompression, and no trace header.
/// Safe for concurrent use; keep one for long, since it pools connections. Asynchronous only.
/// </remarks>
public sealed class SafeHttpHandler : DelegatingHandler
{
    /// <summary>Makes a handler that owns its connections.</summary>
    /// <param name="options">What may be reached; null for the defaults.</param>
    /// <param name="time">Paces attempts to several addresses of one host; null for the system's time.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SafeHttpHandler(SafeHttpOptions? options = null, TimeProvider? time = null)
        : base(CreateInner(options ?? new SafeHttpOptions(), time ?? TimeProvider.System))
    {
    }

    /// <summary>Not supported: a connection cannot be judged without waiting.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Unused.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="NotSupportedException">Always; use the asynchronous methods.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{nameof(SafeHttpHandler)} is asynchronous only: use SendAsync.");

    /// <summary>Checks the request's shape, then sends it over a connection that was judged.</summary>
    /// <param name="request">An absolute http or https request without user name or password.</param>
    /// <param name="cancellationToken">Abandons the request.</param>
    /// <returns>The response, redirects included.</returns>
    /// <exception cref="ForbiddenRequestException">The request's shape is refused.</exception>
    /// <exception cref="ForbiddenAddressException">Its host leads only to refused addresses.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request);
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.InnerException is ForbiddenAddressException forbidden)
        {
            ExceptionDispatchInfo.Throw(forbidden);
            throw;
        }
    }

    private static void Check(HttpRequestMessage request)
    {
        var url = request.RequestUri;
        if (url is not { IsAbsoluteUri: true }) throw new ForbiddenRequestException(url, "The request has no absolute URL.");
        if (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            throw new ForbiddenRequestException(url, $"The scheme '{url.Scheme}' is refused: only http and https may be requested.");
        if (url.UserInfo.Length > 0)
            throw new ForbiddenRequestException(url, $"The URL for {url.Host} carries a user name or password, which is refused.");

        // HTTP/3 connects by QUIC, past the callback that judges addresses.
        if (request.Version.Major > 2)
            throw new ForbiddenRequestException(url, "HTTP/3 is refused: its connections cannot be judged. Ask for HTTP/2 or less.");
        if (request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        }
    }

    private static SocketsHttpHandler CreateInner(SafeHttpOptions options, TimeProvider time)
    {
        options.Validate();
        var connector = new GuardedConnector(options, time);
        return new SocketsHttpHandler
        {
            ConnectCallback = connector.ConnectAsync,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = options.ConnectionLifetime,
            MaxConnectionsPerServer = options.MaxConnectionsPerHost,
            MaxResponseHeadersLength = options.MaxResponseHeadersKib,
            MaxResponseDrainSize = 64 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        };
    }
}
