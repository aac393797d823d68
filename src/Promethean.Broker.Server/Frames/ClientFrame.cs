namespace Promethean.Broker.Server;

/// <summary>One frame as received; its slices are borrowed until the next message is read.</summary>
internal sealed class ClientFrame
{
    /// <summary>The whole frame.</summary>
    public ReadOnlyMemory<byte> Text { get; set; }

    public string? Id { get; set; }

    /// <summary>The id's JSON text, quotes included, to echo it as it came; empty where there is none.</summary>
    public ReadOnlyMemory<byte> RawId { get; set; }

    public string Action { get; set; } = "";

    /// <summary>The payload's JSON text; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Payload { get; set; }

    public TimeSpan? TimeLeft { get; set; }

    public int Priority { get; set; }

    public string? TraceParent { get; set; }

    /// <summary>Why the frame is no good; null when it is.</summary>
    public string? Problem { get; set; }
}
