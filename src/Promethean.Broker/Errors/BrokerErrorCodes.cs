namespace Promethean.Broker;

/// <summary>The wire names of <see cref="BrokerErrorCode"/>.</summary>
public static class BrokerErrorCodes
{
    private static readonly string[] Names =
    [
        "invalid_request", "unauthorized", "forbidden", "not_found", "no_responders", "timeout",
        "overloaded", "cancelled", "unsupported_media", "too_large", "internal",
    ];

    /// <summary>The code's name on the wire.</summary>
    /// <param name="code">The code.</param>
    public static string ToWireName(this BrokerErrorCode code) => Names[(int)code];

    /// <summary>The code of a wire name; an unknown one reads as <see cref="BrokerErrorCode.Internal"/>.</summary>
    /// <param name="wireName">The name.</param>
    public static BrokerErrorCode FromWireName(string? wireName)
    {
        var index = Array.IndexOf(Names, wireName);
        return index < 0 ? BrokerErrorCode.Internal : (BrokerErrorCode)index;
    }
}
