using System.Net;

namespace Promethean.SafeHttp;

/// <summary>Finds the IPv4 address to which a gateway turns certain IPv6 addresses.</summary>
internal static class EmbeddedAddress
{
    /// <summary>The IPv4 address inside, or null where the address embeds none.</summary>
    public static IPAddress? Find(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var written) || written != 16) return null;

        ReadOnlySpan<byte> last = bytes[12..];
        if (bytes[0] == 0x20 && bytes[1] == 0x02) return new IPAddress(bytes[2..6]); // 6to4, RFC 3056, 2
        if (bytes.StartsWith<byte>([0x20, 0x01, 0, 0])) // Teredo hides its client by inverting it, RFC 4380, 4
            return new IPAddress([(byte)~last[0], (byte)~last[1], (byte)~last[2], (byte)~last[3]]);
        return bytes.StartsWith<byte>([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]) // NAT64, RFC 6052, 2.1
            || (bytes[..8].IndexOfAnyExcept((byte)0) < 0 && bytes[8..12] is [0, 0, 0, 0] or [0xff, 0xff, 0, 0]) // compatible, translated
            ? new IPAddress(last)
            : null;
    }
}
