using System.Collections.Frozen;
using System.Net;

namespace Promethean.SafeHttp;

/// <summary>What a <see cref="SafeHttpHandler"/> may connect to, and how long it tries.</summary>
public sealed class SafeHttpOptions
{
    /// <summary>
    /// Networks that may be reached although they are special, on any port; read them with <see cref="Cidr.Parse"/>. Default:
    /// none. Naming a translation prefix (NAT64, 6to4, Teredo) lets through only addresses whose IPv4 address inside is
    /// allowed by itself.
    /// </summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>Networks that may not be reached although they are public, and although allowed. Default: none.</summary>
    public IReadOnlyList<IPNetwork> DeniedNetworks { get; init; } = [];

    /// <summary>Ports that may be reached on public addresses. Default: 80 and 443.</summary>
    public IReadOnlySet<int> AllowedPorts { get; init; } = FrozenSet.Create(80, 443);

    /// <summary>How long resolving, connecting and the TLS handshake may take together. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection is reused before its host is resolved and judged anew. Default: 2 minutes.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Most connections to one host at a time. Default: 8.</summary>
    public int MaxConnectionsPerHost { get; init; } = 8;

    /// <summary>The largest response header section, in KiB. Default: 64.</summary>
    public int MaxResponseHeadersKib { get; init; } = 64;

    /// <summary>
    /// Resolves a host name to addresses. Default: the system's resolver. It is called once per new connection, and only its
    /// answer is connected to. It may throw <see cref="System.Net.Sockets.SocketException"/>.
    /// </summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(AllowedNetworks);
        ArgumentNullException.ThrowIfNull(DeniedNetworks);
        ArgumentNullException.ThrowIfNull(AllowedPorts);
        ArgumentNullException.ThrowIfNull(Resolve);
        if (AllowedPorts.Any(port => port is < 1 or > 65535)) throw new ArgumentException($"{nameof(AllowedPorts)} must lie from 1 to 65535.");
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero, nameof(ConnectTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectionLifetime, TimeSpan.Zero, nameof(ConnectionLifetime));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConnectionsPerHost, 1, nameof(MaxConnectionsPerHost));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxResponseHeadersKib, 1, nameof(MaxResponseHeadersKib));
    }
}
