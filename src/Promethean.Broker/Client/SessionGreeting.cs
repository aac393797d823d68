namespace Promethean.Broker;

/// <summary>What a broker says of the session that a socket asked for.</summary>
/// <param name="Session">Its name; null where the broker keeps none.</param>
/// <param name="IsResumed">Whether it goes on, rather than begins.</param>
/// <param name="Received">How many frames of it the broker has.</param>
/// <param name="Window">How long it outlives a socket.</param>
internal sealed record SessionGreeting(string? Session, bool IsResumed, long Received, TimeSpan Window)
{
    /// <summary>A broker that does not know sessions, or was not asked for one.</summary>
    public static SessionGreeting None { get; } = new(null, false, 0, TimeSpan.Zero);
}
