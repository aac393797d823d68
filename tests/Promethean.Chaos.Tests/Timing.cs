namespace Promethean.Chaos.Tests;

/// <summary>When the broker and its clients give up a silent connection, and how long a client may come back.</summary>
internal sealed record Timing(TimeSpan KeepAlive, TimeSpan KeepAliveTimeout, TimeSpan ResumeWindow)
{
    /// <summary>What both sides may need beyond interval and timeout.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    public static Timing Short { get; } = new(TimeSpan.FromMilliseconds(600), TimeSpan.FromMilliseconds(600), TimeSpan.FromSeconds(10));

    /// <summary>By when a half-open link is found.</summary>
    public TimeSpan Found => KeepAlive + KeepAliveTimeout + Grace;
}
