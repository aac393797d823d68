namespace Promethean.Broker;

/// <summary>What a broker's queues hold at most, and the rules of tasks that do not bring their own.</summary>
internal sealed record TaskBookLimits
{
    /// <summary>Tasks per queue, waiting and held.</summary>
    public required int Tasks { get; init; }

    /// <summary>Queues at once; one more is refused. An empty queue is none.</summary>
    public required int Queues { get; init; }

    /// <summary>Queues in which one owner has tasks; a task of that owner for one more is refused.</summary>
    public int QueuesPerOwner { get; init; } = int.MaxValue;

    /// <summary>Attempts of a task that does not say.</summary>
    public required int Attempts { get; init; }

    /// <summary>How long the name of a task that is done is remembered.</summary>
    public required TimeSpan DedupeWindow { get; init; }

    /// <summary>Names of tasks that are done, over all queues; beyond it the oldest is forgotten before its time.</summary>
    public int Names { get; init; } = 100_000;

    /// <summary>Dead letters per queue of them; for one more the oldest goes.</summary>
    public int DeadLetters { get; init; } = int.MaxValue;

    /// <summary>What all tasks take of memory; a task beyond it is refused.</summary>
    public long Bytes { get; init; } = long.MaxValue;

    /// <summary>What all tasks of one owner take of memory; a task beyond it is refused.</summary>
    public long BytesPerOwner { get; init; } = long.MaxValue;
}
