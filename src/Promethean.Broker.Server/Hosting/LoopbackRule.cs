using System.Net;
using Microsoft.AspNetCore.Http;

namespace Promethean.Broker.Server;

/// <summary>Without a token, the host may listen on loopback addresses, Unix sockets and named pipes alone.</summary>
internal static class LoopbackRule
{
    /// <summary>The first of the addresses that needs a token; null when none does.</summary>
    public static string? FirstOpen(IEnumerable<string> addresses) => addresses.FirstOrDefault(address => !IsLocal(address));

    private static bool IsLocal(string address)
    {
        var binding = BindingAddress.Parse(address);
        return binding.IsUnixPipe
            || binding.IsNamedPipe
            || string.Equals(binding.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(binding.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }
}
