using System.Net;
using System.Net.Sockets;

namespace Promethean.SafeHttp;

/// <summary>
/// The blocks that are not the public internet: IANA's special-purpose address registries for IPv4 and IPv6, multicast,
/// the deprecated and unallocated IPv6 space, and the one cloud platform address that hides among public ones.
/// </summary>
public static class SpecialNetworks
{
    // The first match names the reason, so the narrow stand before the wide.
    private static readonly SpecialNetwork[] _v4 =
    [
        Of("0.0.0.0/8", "\"this network\"", "RFC 791"),
        Of("10.0.0.0/8", "private use", "RFC 1918"),
        Of("100.64.0.0/10", "shared address space of carrier NAT", "RFC 6598"),
        Of("127.0.0.0/8", "loopback", "RFC 1122"),
        Of("169.254.0.0/16", "link-local, cloud metadata", "RFC 3927"),
        Of("172.16.0.0/12", "private use", "RFC 1918"),
        Of("192.0.0.0/24", "IETF protocol assignments", "RFC 6890"),
        Of("192.0.2.0/24", "documentation", "RFC 5737"),
        Of("192.88.99.0/24", "6to4 relay anycast, deprecated", "RFC 7526"),
        Of("192.168.0.0/16", "private use", "RFC 1918"),
        Of("198.18.0.0/15", "benchmarking", "RFC 2544"),
        Of("198.51.100.0/24", "documentation", "RFC 5737"),
        Of("203.0.113.0/24", "documentation", "RFC 5737"),
        Of("224.0.0.0/4", "multicast", "RFC 5771"),
        Of("255.255.255.255/32", "limited broadcast", "RFC 919"),
        Of("240.0.0.0/4", "reserved", "RFC 1112"),
        Of("168.63.129.16/32", "Azure platform services", "Azure documentation"),
    ];

    private static readonly SpecialNetwork[] _v6 =
    [
        Of("::/128", "unspecified", "RFC 4291"),
        Of("::1/128", "loopback", "RFC 4291"),
        Of("::/96", "IPv4-compatible, deprecated", "RFC 4291"),
        Of("::ffff:0:0:0/96", "IPv4-translated", "RFC 2765"),
        Of("64:ff9b::/96", "NAT64 translation", "RFC 6052"),
        Of("64:ff9b:1::/48", "local-use NAT64 translation", "RFC 8215"),
        Of("100::/64", "discard-only", "RFC 6666"),
        Of("100:0:0:1::/64", "dummy prefix", "RFC 9780"),
        Of("2001::/32", "Teredo tunnelling", "RFC 4380"),
        Of("2001:2::/48", "benchmarking", "RFC 5180"),
        Of("2001::/23", "IETF protocol assignments", "RFC 2928"),
        Of("2001:db8::/32", "documentation", "RFC 3849"),
        Of("2002::/16", "6to4 tunnelling", "RFC 3056"),
        Of("3fff::/20", "documentation", "RFC 9637"),
        Of("5f00::/16", "segment routing SIDs", "RFC 9602"),
        Of("fc00::/7", "unique local", "RFC 4193"),
        Of("fe80::/10", "link-local", "RFC 4291"),
        Of("fec0::/10", "site-local, deprecated", "RFC 3879"),
        Of("ff00::/8", "multicast", "RFC 4291"),
    ];

    private static readonly IPNetwork _globalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly SpecialNetwork _unallocated = Of("::/0", "outside 2000::/3, the only global unicast space", "RFC 4291");

    /// <summary>All blocks, IPv4 first. IPv6 space outside <c>2000::/3</c> is special too, though not listed.</summary>
    public static IReadOnlyList<SpecialNetwork> All { get; } = [.. _v4, .. _v6];

    /// <summary>The block an address lies in; an IPv4-mapped IPv6 address counts as the IPv4 address it is.</summary>
    /// <param name="address">Any address.</param>
    /// <returns>The narrowest fitting block, or null for an address of the public internet.</returns>
    public static SpecialNetwork? Find(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var isV4 = address.AddressFamily == AddressFamily.InterNetwork;
        foreach (var block in isV4 ? _v4 : _v6)
            if (block.Network.Contains(address)) return block;
        return isV4 || _globalUnicast.Contains(address) ? null : _unallocated;
    }

    private static SpecialNetwork Of(string network, string name, string source) => new(IPNetwork.Parse(network), name, source);
}
