using System.Net;

namespace Promethean.SafeHttp;

/// <summary>Decides whether one address may be connected to.</summary>
internal sealed class AddressPolicy(SafeHttpOptions options)
{
    /// <summary>Why the address is refused, or null where it may be connected to.</summary>
    public AddressRefusal? Judge(IPAddress address, int port)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IsIn(options.DeniedNetworks, address) is { } denied)
            return new AddressRefusal(address, $"it is in {denied}, which {nameof(SafeHttpOptions.DeniedNetworks)} names", null);

        if (IsIn(options.AllowedNetworks, address) is not null)
        {
            // A gateway's prefix may be allowed; what the gateway then leads to is judged as itself.
            return EmbeddedAddress.Find(address) is { } inner && !address.Equals(IPAddress.IPv6Loopback) ? Judge(inner, port) : null;
        }
        if (SpecialNetworks.Find(address) is { } special)
        {
            var suffix = address.GetAddressBytes().Length * 8;
            return new AddressRefusal(
                address, $"it is in {special}", $"{nameof(SafeHttpOptions.AllowedNetworks)}, with {address}/{suffix} or a wider network");
        }
        return options.AllowedPorts.Contains(port)
            ? null
            : new AddressRefusal(address, $"port {port} is not allowed", $"{nameof(SafeHttpOptions.AllowedPorts)}, with {port}");
    }

    private static IPNetwork? IsIn(IReadOnlyList<IPNetwork> networks, IPAddress address)
    {
        foreach (var network in networks)
            if (network.Contains(address)) return network;
        return null;
    }
}
