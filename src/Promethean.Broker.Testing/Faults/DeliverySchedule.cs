namespace Promethean.Broker.Testing;

/// <summary>What is on its way, by when it arrives. Not thread-safe: every call holds the broker's gate.</summary>
internal sealed class DeliverySchedule
{
    private readonly PriorityQueue<Action, (DateTimeOffset Due, long Order)> _deliveries = new();

    public int Count => _deliveries.Count;

    public DateTimeOffset? NextDue => _deliveries.TryPeek(out _, out var place) ? place.Due : null;

    public void Add(DateTimeOffset due, long order, Action arrive) => _deliveries.Enqueue(arrive, (due, order));

    public void Clear() => _deliveries.Clear();

    /// <summary>Takes the next, where it is due by then; null where none is.</summary>
    public Action? Take(DateTimeOffset by) => _deliveries.TryPeek(out _, out var place) && place.Due <= by ? _deliveries.Dequeue() : null;
}
