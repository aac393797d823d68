namespace Promethean.Broker.Server;

/// <summary>Something that waits for the journal: a change to be written, or only everything before it.</summary>
internal sealed class JournalEntry
{
    private ClientConnection? _caller;
    private byte[] _rawId = [];
    private EnqueueResult? _result;

    /// <summary>What is to be written; null for nothing.</summary>
    public TaskChange? Change { get; init; }

    /// <summary>What happens when it is written; under the gate.</summary>
    public Action? Written { get; init; }

    /// <summary>When it has waited too long, as a timestamp of the clock.</summary>
    public long Deadline { get; set; }

    /// <summary>Whether its caller, if any, has been told that it takes too long.</summary>
    public bool IsOverdue { get; private set; }

    /// <summary>Has a client told when this is written, or that it is not yet.</summary>
    public JournalEntry For(ClientConnection caller, ReadOnlyMemory<byte> rawId, EnqueueResult? result = null)
    {
        if (!rawId.IsEmpty)
        {
            // The text of the frame is borrowed for as long as the frame is acted on, and this takes longer.
            (_caller, _rawId, _result) = (caller, rawId.ToArray(), result);
        }

        return this;
    }

    public void Confirm()
    {
        if (_caller is null || IsOverdue)
        {
            return;
        }

        if (_result is { } result)
        {
            _caller.Reply(ServerFrames.Enqueued(_rawId, result));
        }
        else
        {
            _caller.Acknowledge(_rawId, null);
        }
    }

    public void Refuse(Refusal refusal)
    {
        if (!IsOverdue)
        {
            IsOverdue = true;
            _caller?.Refuse(_rawId, refusal);
        }
    }
}
