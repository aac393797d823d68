using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Promethean.Broker.Server;

/// <summary>Who may connect, and as whom: by token, compared in constant time, by the host's own authentication, and, from web pages,
/// by origin.</summary>
internal sealed class ClientAdmission
{
    private const string Scheme = "Bearer ";

    private readonly BrokerServerOptions _options;

    // Hashes have one length, so the comparison tells nothing of a token's.
    private readonly List<(byte[] Hash, ClientIdentity Identity)> _tokens = [];

    public ClientAdmission(BrokerServerOptions options)
    {
        _options = options;
        if (options.Token is { } shared)
        {
            _tokens.Add((Hash(shared), ClientIdentity.Anyone));
        }

        _tokens.AddRange(options.Tokens.Select(one => (Hash(one.Token), new ClientIdentity(one.Org, one.User, new(one.Scopes)))));
    }

    /// <summary>Who connects, or with which status and why it may not.</summary>
    public (ClientIdentity? Identity, int Status, string Reason) Check(HttpContext context)
    {
        var identity = Identify(context);
        if (identity is null)
        {
            return (null, StatusCodes.Status401Unauthorized, "no token, or a wrong one");
        }

        // A WebSocket is not bound by the same-origin policy: any page may try one to loopback from its reader's machine.
        var origin = context.Request.Headers[HeaderNames.Origin].ToString();
        return origin.Length == 0 || IsAllowed(origin) ? (identity, 0, "") : (null, StatusCodes.Status403Forbidden, "its page's origin is not allowed");
    }

    /// <summary>The same for what is no WebSocket.</summary>
    public (int Status, string Reason)? CheckPage(HttpContext context)
    {
        var (identity, status, reason) = Check(context);
        return identity is null ? (status, reason)
            : identity.Check(BrokerScope.Metrics, null) is not null ? (StatusCodes.Status403Forbidden, "the token's scopes do not allow it")
            // A page reads its own origin without naming it, and that origin's name may have been made to resolve to this machine.
            : _options.AsksWhoConnects || IsLoopback(context.Request.Host.Host.Trim('[', ']')) ? null
            : (StatusCodes.Status403Forbidden, "its host is not this machine");
    }

    private ClientIdentity? Identify(HttpContext context)
    {
        if (!_options.AsksWhoConnects)
        {
            return ClientIdentity.Anyone;
        }

        var header = context.Request.Headers.Authorization.ToString();
        ClientIdentity? found = null;
        if (_tokens.Count > 0 && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            var sent = Hash(header[Scheme.Length..].Trim());
            // All of them each time, so that the time taken tells nothing of which it was.
            foreach (var (hash, identity) in _tokens)
            {
                found = CryptographicOperations.FixedTimeEquals(sent, hash) ? identity : found;
            }
        }

        return found ?? (_options.UseHostAuthentication && context.User.Identity?.IsAuthenticated == true ? FromClaims(context.User) : null);
    }

    // "scope" is one claim of words parted by spaces (RFC 8693, section 4.2), or one claim per word, as some issuers have it.
    private static ClientIdentity FromClaims(ClaimsPrincipal user) => new(
        user.FindFirst("org")?.Value ?? "",
        user.FindFirst("sub")?.Value ?? user.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? "",
        new(user.FindAll("scope").SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private bool IsAllowed(string origin) =>
        _options.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)
        || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && IsLoopback(page.IdnHost));

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
