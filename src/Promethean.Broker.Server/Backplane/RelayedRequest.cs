namespace Promethean.Broker.Server;

/// <summary>A client's request on its way through the backplane; changed under its connection's gate alone.</summary>
internal sealed class RelayedRequest(ClientConnection caller, ClientFrame frame, long now) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public ClientConnection Caller => caller;

    /// <summary>The caller's own id; null when it wants no answer.</summary>
    public string? CallerId { get; } = frame.Id;

    /// <summary>The same as JSON text.</summary>
    public byte[] RawCallerId { get; } = frame.RawId.ToArray();

    public string Action { get; } = frame.Action;

    public JsonPayload Payload { get; } = JsonPayload.FromTrustedUtf8(frame.Payload.ToArray());

    public int Priority { get; } = frame.Priority;

    public TimeSpan? TimeLimit { get; } = frame.TimeLeft;

    public string? TraceParent { get; } = frame.TraceParent;

    /// <summary>When it came, as the clock's timestamp.</summary>
    public long Received => now;

    /// <summary>Whether the caller has its terminal event; what still comes is dropped.</summary>
    public bool IsOver { get; set; }

    public CancellationToken Stopped => _stop.Token;

    /// <summary>Ends the work, off the caller's thread: what hangs on the token runs in there.</summary>
    public void Stop() => _ = _stop.CancelAsync();

    public void Dispose() => _stop.Dispose();
}
