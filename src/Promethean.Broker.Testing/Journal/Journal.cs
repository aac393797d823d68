namespace Promethean.Broker.Testing;

/// <summary>Counts and remembers. Not thread-safe: every call holds the broker's gate, which makes the order the true one.</summary>
internal sealed class Journal(TimeProvider time, int capacity)
{
    private readonly Queue<BrokerLogEntry> _entries = new();
    private readonly long[] _counts = new long[Enum.GetValues<BrokerLogKind>().Length];
    private long _sequence;

    public BrokerCounters Counters => new(
        Count(BrokerLogKind.Published),
        Count(BrokerLogKind.Delivered),
        Count(BrokerLogKind.Dropped),
        Count(BrokerLogKind.Unheard),
        Count(BrokerLogKind.HandlerFailed),
        Count(BrokerLogKind.Requested),
        Count(BrokerLogKind.Answered),
        Count(BrokerLogKind.Failed));

    public IReadOnlyList<BrokerLogEntry> Entries => [.. _entries];

    public void Record(BrokerLogKind kind, string subject, string? id = null, Exception? error = null)
    {
        _counts[(int)kind]++;
        if (_entries.Count == capacity)
        {
            _entries.Dequeue();
        }

        _entries.Enqueue(new(++_sequence, time.GetUtcNow(), kind, subject, id, error));
    }

    private long Count(BrokerLogKind kind) => _counts[(int)kind];
}
