using System.Net;

namespace Promethean.SafeHttp;

/// <summary>A block of addresses that does not belong to the public internet.</summary>
/// <param name="Network">The block.</param>
/// <param name="Name">What it is for, as the registry names it.</param>
/// <param name="Source">The document that set it aside.</param>
public sealed record SpecialNetwork(IPNetwork Network, string Name, string Source)
{
    /// <summary>For people: <c>10.0.0.0/8 (private use, RFC 1918)</c>.</summary>
    public override string ToString() => $"{Network} ({Name}, {Source})";
}
