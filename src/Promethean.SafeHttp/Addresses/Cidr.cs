using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Promethean.SafeHttp;

/// <summary>Reads networks as people write them: <c>10.0.0.0/8</c>, <c>fd00::/8</c>, or one address.</summary>
public static class Cidr
{
    /// <summary>Reads one network.</summary>
    /// <param name="text">An address with a prefix length, or an address alone, which stands for just itself.</param>
    /// <returns>The network; an IPv4-mapped one as the IPv4 network it is.</returns>
    /// <exception cref="FormatException">The text is no network; the message says what is wrong and, where it can, what was meant.</exception>
    public static IPNetwork Parse(string text) =>
        TryParse(text, out var network, out var error) ? network : throw new FormatException(error);

    /// <summary>Reads one network without throwing.</summary>
    /// <param name="text">An address with a prefix length, or an address alone, which stands for just itself.</param>
    /// <param name="network">The network, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    /// <returns>Whether the text is a network.</returns>
    public static bool TryParse(string text, out IPNetwork network, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        network = default;
        error = null;

        var trimmed = text.Trim();
        var slash = trimmed.IndexOf('/');
        var addressText = slash < 0 ? trimmed : trimmed[..slash];
        // .NET also reads shorthand such as "10.1" (10.0.0.1) and "010.0.0.0" (octal): in a list of exceptions that hides mistakes.
        if (!IPAddress.TryParse(addressText, out var address) || !IsSpelledOut(addressText, address))
        {
            error = $"'{text}' is not a network: '{addressText}' is not an IP address. Write for example 10.0.0.0/8 or fd00::/8.";
            return false;
        }

        var bits = address.GetAddressBytes().Length * 8;
        var prefix = bits;
        if (slash >= 0 && (!int.TryParse(trimmed.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > bits))
        {
            error = $"'{text}' is not a network: the prefix length must be a number from 0 to {bits}.";
            return false;
        }
        if (address.IsIPv4MappedToIPv6 && prefix >= 96) (address, prefix) = (address.MapToIPv4(), prefix - 96);

        var start = FirstOf(address, prefix);
        if (!start.Equals(address))
        {
            error = $"'{text}' is not a network: it has bits set beyond its prefix. Did you mean {start}/{prefix}, or the one address {address}?";
            return false;
        }
        network = new IPNetwork(address, prefix);
        return true;
    }

    private static bool IsSpelledOut(string text, IPAddress address) =>
        text.Contains(':') ? address.ScopeId == 0 && !text.Contains('[') : text == address.ToString();

    private static IPAddress FirstOf(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefix; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }
}
