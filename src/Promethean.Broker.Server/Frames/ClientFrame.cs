namespace Promethean.Broker.Server;

/// <summary>One frame as received; its slices are borrowed until the next message is read.</summary>
internal sealed class ClientFrame
{
    private string? _id;

    /// <summary>The whole frame.</summary>
    public ReadOnlyMemory<byte> Text { get; set; }

    /// <summary>The id; null where there is none. Made when it is asked for, since most frames need only its text.</summary>
    public string? Id => RawId.IsEmpty ? null : _id ??= JsonText.Unquote(RawId.Span);

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

    /// <summary>Makes it as if new.</summary>
    public void Clear()
    {
        (_id, Action, TraceParent, Problem) = (null, "", null, null);
        Text = RawId = Payload = default;
        TimeLeft = null;
        Priority = 0;
    }
}
