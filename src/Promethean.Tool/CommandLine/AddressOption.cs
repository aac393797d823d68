using System.CommandLine;
using System.Net;

namespace Promethean.Tool;

/// <summary><c>--host</c>: an address of this machine.</summary>
internal static class AddressOption
{
    public static Option<IPAddress?> Create(string demand) => new("--host")
    {
        Description = $"The address to listen on, 0.0.0.0 for all; any but a loopback address demands {demand} [default: 127.0.0.1]",
        HelpName = "ADDRESS",
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (ToAddress(text) is { } address)
            {
                return address;
            }

            result.AddError($"--host takes an address of this machine such as 127.0.0.1, ::1 or 0.0.0.0, not '{text}'.");
            return null;
        },
    };

    private static IPAddress? ToAddress(string text) =>
        text == "localhost" ? IPAddress.Loopback
        // The address's parser takes numbers, too, such as 1 for 0.0.0.1.
        : text.AsSpan().ContainsAny('.', ':') && IPAddress.TryParse(text, out var address) ? address
        : null;
}
