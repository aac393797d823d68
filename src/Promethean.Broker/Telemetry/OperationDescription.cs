using System.Diagnostics;

namespace Promethean.Broker;

/// <summary>What an operation says of itself.</summary>
/// <param name="Name">The operation's name; with the destination it names the span.</param>
/// <param name="Type">The convention's type.</param>
/// <param name="Kind">The span's kind.</param>
/// <param name="Destination">The topic, queue or action.</param>
internal readonly record struct OperationDescription(string Name, OperationType Type, ActivityKind Kind, string Destination)
{
    /// <summary>The destination where a metric may bear it: one of a bounded number.</summary>
    public string? MetricName { get; init; }

    /// <summary>The pattern that the destination fell under.</summary>
    public string? Template { get; init; }

    public string? MessageId { get; init; }

    /// <summary>The trace it continues; the current activity's where there is none.</summary>
    public ActivityContext Parent { get; init; }

    public string TypeName => Type switch
    {
        OperationType.Send => "send",
        OperationType.Settle => "settle",
        _ => "process",
    };
}
