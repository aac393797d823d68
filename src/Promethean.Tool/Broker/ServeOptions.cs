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
    /// <summary>How long a connection may be silent before it is asked for a sign of life; null for the broker's default.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>How long that sign may take; null for the broker's default.</summary>
    public TimeSpan? KeepAliveTimeout { get; init; }

    /// <summary>How long a client whose socket broke may come back; null for the broker's default.</summary>
    public TimeSpan? ResumeWindow { get; init; }

    public string Url => Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"http://[{Address}]:{Port}" : $"http://{Address}:{Port}";
}
