namespace Promethean.Broker;

/// <summary>The wire's fixed limits, the same for both sides.</summary>
internal static class FrameLimits
{
    /// <summary>Nesting a broker accepts in a frame.</summary>
    public const int MaxDepth = 64;

    /// <summary>Nesting a client accepts: what the broker passed on stands a few levels deeper than it was sent.</summary>
    public const int MaxReadDepth = 2 * MaxDepth;

    /// <summary>Characters of an id, a worker's name or an event's name.</summary>
    public const int MaxNameLength = 128;

    /// <summary>Frames of one message.</summary>
    public const int MaxFrames = 1024;
}
