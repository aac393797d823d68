using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Promethean.Broker;

/// <summary>The name under which the client's metrics and activities are found.</summary>
/// <remarks>Counters: <c>messaging.client.published.messages</c>, <c>messaging.client.consumed.messages</c>,
/// <c>promethean.broker.messages.dropped</c>, <c>promethean.broker.handler.errors</c>, <c>promethean.broker.reconnects</c>.
/// Up and down: <c>promethean.broker.subscriptions</c>. Histogram, in seconds: <c>messaging.client.operation.duration</c> with
/// <c>messaging.operation.name</c> and, on failure, <c>error.type</c>.</remarks>
public static class BrokerDiagnostics
{
    /// <summary>The name of the meter and of the activity source: <c>Promethean.Broker</c>.</summary>
    public const string Name = "Promethean.Broker";

    internal static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> Published = Meter.CreateCounter<long>(
        "messaging.client.published.messages", "{message}", "Messages the broker has accepted.");

    internal static readonly Counter<long> Consumed = Meter.CreateCounter<long>(
        "messaging.client.consumed.messages", "{message}", "Messages given to a handler.");

    internal static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "promethean.broker.messages.dropped", "{message}", "Messages lost to a full subscription.");

    internal static readonly Counter<long> HandlerErrors = Meter.CreateCounter<long>(
        "promethean.broker.handler.errors", "{error}", "Exceptions thrown by handlers.");

    internal static readonly Counter<long> Reconnects = Meter.CreateCounter<long>(
        "promethean.broker.reconnects", "{reconnect}", "Connections made again after a loss.");

    internal static readonly UpDownCounter<long> Subscriptions = Meter.CreateUpDownCounter<long>(
        "promethean.broker.subscriptions", "{subscription}", "Live subscriptions.");

    internal static readonly Histogram<double> OperationDuration = Meter.CreateHistogram<double>(
        "messaging.client.operation.duration", "s", "From the call to its acknowledgement or final event.");

    /// <summary>The current trace in W3C form, to travel with a frame; null where there is none.</summary>
    internal static string? CurrentTraceParent => Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;

    /// <summary>Starts what a received frame caused, under the trace it came with.</summary>
    internal static Activity? Follow(string name, ActivityKind kind, string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent)
            ? Activities.StartActivity(name, kind, parent)
            : Activities.StartActivity(name, kind);
}
