using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Promethean.Broker.Server;

/// <summary>Who may connect: the token, compared in constant time, and the pages that a browser may connect from.</summary>
internal sealed class ClientAdmission(BrokerServerOptions options)
{
    private const string Scheme = "Bearer ";

    // Hashes have one length, so the comparison tells nothing of the token's.
    private readonly byte[]? _token = options.Token is { } token ? SHA256.HashData(Encoding.UTF8.GetBytes(token)) : null;

    /// <summary>The status of the refusal and its reason; null when the client may connect.</summary>
    public (int Status, string Reason)? Check(HttpRequest request)
    {
        if (_token is not null && !HasToken(request.Headers.Authorization.ToString()))
        {
            return (StatusCodes.Status401Unauthorized, "no token, or a wrong one");
        }

        // A WebSocket is not bound by the same-origin policy: any page may try one to loopback from its reader's machine.
        var origin = request.Headers[HeaderNames.Origin].ToString();
        return origin.Length == 0 || IsAllowed(origin) ? null : (StatusCodes.Status403Forbidden, "its page's origin is not allowed");
    }

    /// <summary>The same for what is no WebSocket.</summary>
    public (int Status, string Reason)? CheckPage(HttpRequest request) =>
        Check(request)
        // A page reads its own origin without naming it, and that origin's name may have been made to resolve to this machine.
        ?? (_token is not null || IsLoopback(request.Host.Host.Trim('[', ']')) ? null : (StatusCodes.Status403Forbidden, "its host is not this machine"));

    private bool HasToken(string header) =>
        header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim())), _token);

    private bool IsAllowed(string origin) =>
        options.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)
        || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && IsLoopback(page.IdnHost));

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
