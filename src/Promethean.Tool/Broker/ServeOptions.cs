using System.Net;
using System.Net.Sockets;

namespace Promethean.Tool;

/// <summary>What <c>serve</c> was asked for.</summary>
/// <param name="Address">Where to listen.</param>
/// <param name="Port">0 chooses one.</param>
/// <param name="Token">What clients must send; null for nothing.</param>
/// <param name="Drain">How long running requests may take to end.</param>
internal sealed record ServeOptions(IPAddress Address, int Port, string? Token, TimeSpan Drain)
{
    public string Url => Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"http://[{Address}]:{Port}" : $"http://{Address}:{Port}";
}
