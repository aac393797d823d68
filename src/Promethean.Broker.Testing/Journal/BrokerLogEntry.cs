using System.Globalization;

namespace Promethean.Broker.Testing;

/// <summary>One thing that happened in an <see cref="InMemoryBroker"/>.</summary>
/// <param name="Sequence">Counts from 1 in the order in which the broker decided.</param>
/// <param name="At">The broker's time.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Subject">A topic, a pattern, an action, a queue or a client's name, as the kind says.</param>
/// <param name="Id">The message's or the task's id; null where there is neither.</param>
/// <param name="Error">What was thrown; null where nothing was.</param>
/// <param name="Client">The client it happened to; null where it is nobody's.</param>
/// <param name="Message">The message, or the request or task as one whose topic is the action's or queue's name; null where there is none.</param>
/// <param name="Note">Why; null where the kind says it all.</param>
public readonly record struct BrokerLogEntry(
    long Sequence,
    DateTimeOffset At,
    BrokerLogKind Kind,
    string Subject,
    string? Id = null,
    Exception? Error = null,
    string? Client = null,
    BrokerMessage? Message = null,
    string? Note = null)
{
    private const int PayloadShown = 120;

    /// <summary>The entry on one line.</summary>
    public override string ToString()
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{Sequence,5} {At:HH:mm:ss.fff} {Kind,-13} {Subject}");
        line += Id is null ? "" : $" {Id}";
        line += Client is null ? "" : $" {(Kind is BrokerLogKind.Published or BrokerLogKind.Requested or BrokerLogKind.Enqueued ? "from" : "to")} {Client}";
        line += Message is null || Kind is not (BrokerLogKind.Published or BrokerLogKind.Requested or BrokerLogKind.Enqueued) ? "" : $" {Shown(Message.Payload)}";
        line += Note is null ? "" : $" ({Note})";
        return line + (Error is null ? "" : $" {Error.GetType().Name}: {Error.Message}");
    }

    private static string Shown(JsonPayload payload)
    {
        var text = payload.ToString();
        return text.Length > PayloadShown ? text[..PayloadShown] + "..." : text;
    }
}
