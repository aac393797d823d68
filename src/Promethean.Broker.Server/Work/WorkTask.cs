namespace Promethean.Broker.Server;

/// <summary>One request on its way to a worker and back; read and changed under the dispatcher's lock alone.</summary>
internal sealed class WorkTask(long sequence, string id, ClientConnection caller, ClientFrame frame, long now)
{
    private static readonly byte[] Null = "null"u8.ToArray();

    /// <summary>Its place among tasks of the same priority.</summary>
    public long Sequence => sequence;

    /// <summary>Its id on the worker's side.</summary>
    public string Id => id;

    public string Action { get; } = frame.Action;

    public ClientConnection Caller => caller;

    /// <summary>The caller's own id; null when it wants no answer.</summary>
    public string? CallerId { get; } = frame.Id;

    /// <summary>The same as JSON text.</summary>
    public byte[] RawCallerId { get; } = frame.RawId.ToArray();

    /// <summary>The request as JSON text.</summary>
    public byte[] Payload { get; private set; } = frame.Payload.IsEmpty ? Null : frame.Payload.ToArray();

    /// <summary>Lets go of the request, which a worker has or nobody wants: how long the task is kept is its worker's to say.</summary>
    public void DropPayload() => Payload = Null;

    public int Priority { get; } = frame.Priority;

    public TimeSpan? TimeLimit { get; } = frame.TimeLeft;

    public string? TraceParent { get; } = frame.TraceParent;

    /// <summary>When it came, as the clock's timestamp.</summary>
    public long Received => now;

    /// <summary>When it was assigned.</summary>
    public long Assigned { get; set; }

    public ITimer? DeadlineTimer { get; set; }

    /// <summary>Who works on it; null while it waits.</summary>
    public WorkerRegistration? Worker { get; set; }

    /// <summary>Whether the caller has its terminal event; what the worker still says is dropped.</summary>
    public bool IsOver { get; set; }
}
