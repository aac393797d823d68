namespace Promethean.Mongo.Embedded.Wire;

/// <summary>The protocol's sizes and versions told to drivers in the handshake and enforced on what they send.</summary>
internal static class WireLimits
{
    public const int MaxMessageBytes = 48_000_000;

    /// <summary>Handshakes and proofs are short; nothing else is taken from someone who has not authenticated where everyone must.</summary>
    public const int MaxUnauthenticatedMessageBytes = 16 * 1024;

    public const int MaxWriteBatch = 100_000;

    /// <summary>Wire version 21 is MongoDB 7.0.</summary>
    public const int WireVersion = 21;

    public const string ServerVersion = "7.0.0";
}
