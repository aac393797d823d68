namespace Promethean.Broker.Testing;

/// <summary>One thing that happened in an <see cref="InMemoryBroker"/>.</summary>
/// <param name="Sequence">Counts from 1 in the order in which the broker decided.</param>
/// <param name="At">The broker's time.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Subject">A topic, a pattern, an action or a client's name, as the kind says.</param>
/// <param name="Id">The message's or the task's id; null where there is neither.</param>
/// <param name="Error">What was thrown; null where nothing was.</param>
public readonly record struct BrokerLogEntry(
    long Sequence,
    DateTimeOffset At,
    BrokerLogKind Kind,
    string Subject,
    string? Id = null,
    Exception? Error = null)
{
    /// <summary>The entry on one line.</summary>
    public override string ToString() =>
        $"{Sequence,5} {At:HH:mm:ss.fff} {Kind} {Subject}{(Id is null ? "" : " " + Id)}{(Error is null ? "" : $" {Error.GetType().Name}: {Error.Message}")}";
}
