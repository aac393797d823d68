namespace Promethean.Mongo.Embedded.Wire;

/// <summary>The protocol's sizes and versions told to drivers in the handshake and enforced on what they send.</summary>
internal static class WireLimits
{
    public const int MaxMessageBytes = 48_000_000;

    /// <summary>Handshakes and proofs are short; nothing else is taken from someone who has not authenticated where everyone must.</summary>
    public const int MaxUnauthenticatedMessageBytes = 16 * 1024;

    public const int MaxWriteBatch = 100_000;

    /// <summary>Wire version 25 is MongoDB 8.0, the first with <c>bulkWrite</c>.</summary>
    public const int WireVersion = 25;

    public const string ServerVersion = "8.0.0";
}
