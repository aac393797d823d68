namespace Promethean.Broker.Testing;

/// <summary>Counts and remembers. Not thread-safe: every call holds the broker's gate, which makes the order the true one.</summary>
internal sealed class Journal(TimeProvider time, int capacity)
{
    private static readonly int Kinds = Enum.GetValues<BrokerLogKind>().Length;

    private readonly Queue<BrokerLogEntry> _entries = new();
    private readonly long[] _counts = new long[Kinds];

    /// <summary>The number of the newest entry.</summary>
    public long LastSequence { get; private set; }

    public BrokerCounters Counters => new(
        Count(BrokerLogKind.Published),
        Count(BrokerLogKind.Delivered),
        Count(BrokerLogKind.Dropped),
        Count(BrokerLogKind.Unheard),
        Count(BrokerLogKind.Duplicated),
        Count(BrokerLogKind.HandlerFailed),
        Count(BrokerLogKind.Requested),
        Count(BrokerLogKind.Answered),
        Count(BrokerLogKind.Failed),
        Count(BrokerLogKind.Enqueued),
        Count(BrokerLogKind.Acked),
        Count(BrokerLogKind.Returned),
        Count(BrokerLogKind.DeadLettered));

    public IReadOnlyList<BrokerLogEntry> Entries => [.. _entries];

    public void Record(
        BrokerLogKind kind,
        string subject,
        string? id = null,
        Exception? error = null,
        string? client = null,
        BrokerMessage? message = null,
        string? note = null)
    {
        _counts[(int)kind]++;
        if (_entries.Count == capacity)
        {
            _entries.Dequeue();
        }

        _entries.Enqueue(new(++LastSequence, time.GetUtcNow(), kind, subject, id, error, client, message, note));
    }

    private long Count(BrokerLogKind kind) => _counts[(int)kind];
}
