using System.Net;

namespace Promethean.SafeHttp;

/// <summary>One address that was not connected to.</summary>
/// <param name="Address">The address; an IPv4-mapped one as the IPv4 address it is.</param>
/// <param name="Reason">Why, in words: the block it lies in, or the port.</param>
/// <param name="AllowedBy">The setting of <see cref="SafeHttpOptions"/> that would allow it and the value to add, or null where none does.</param>
public sealed record AddressRefusal(IPAddress Address, string Reason, string? AllowedBy);
