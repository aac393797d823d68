using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Promethean.Broker;

/// <summary>The names under which a client's metrics and activities are found, by OpenTelemetry's semantic conventions for messaging.</summary>
/// <remarks>
/// <para>The attributes, on metrics and on spans: <c>messaging.system</c> (<c>promethean</c>), <c>messaging.operation.name</c>
/// (<c>publish</c>, <c>enqueue</c>, <c>request</c>, <c>process</c>, <c>serve</c>, <c>ack</c>, <c>nack</c>),
/// <c>messaging.operation.type</c> (<c>send</c>, <c>process</c>, <c>settle</c>), <c>messaging.destination.name</c> (the topic, queue
/// or action), <c>messaging.destination.template</c> (the pattern subscribed to) and, on failure, <c>error.type</c> (the wire's code,
/// or an exception's type).</para>
/// <para>A metric bears no topic that a publisher made up, since nothing bounds their number: publishing has none there, and
/// processing has the topic or pattern that was subscribed to. A span bears them all.</para>
/// </remarks>
public static class BrokerDiagnostics
{
    /// <summary>The name of the meter and of the activity source: <c>Promethean.Broker</c>.</summary>
    public const string Name = "Promethean.Broker";

    /// <summary>The value of <c>messaging.system</c>.</summary>
    public const string MessagingSystem = "promethean";

    /// <summary>Counter: messages and tasks whose sending was tried, those that failed with <c>error.type</c>.</summary>
    public const string SentMessagesMetric = "messaging.client.sent.messages";

    /// <summary>Counter: messages and tasks given to a handler.</summary>
    public const string ConsumedMessagesMetric = "messaging.client.consumed.messages";

    /// <summary>Histogram, in seconds: from a call to its acknowledgement or final event.</summary>
    public const string OperationDurationMetric = "messaging.client.operation.duration";

    /// <summary>Histogram, in seconds: how long a handler ran.</summary>
    public const string ProcessDurationMetric = "messaging.process.duration";

    /// <summary>Counter: messages lost to a full subscription.</summary>
    public const string DroppedMessagesMetric = "promethean.broker.messages.dropped";

    /// <summary>Counter: exceptions thrown by handlers.</summary>
    public const string HandlerErrorsMetric = "promethean.broker.handler.errors";

    /// <summary>Counter: connections made again after a loss.</summary>
    public const string ReconnectsMetric = "promethean.broker.reconnects";

    /// <summary>Up and down: live subscriptions.</summary>
    public const string SubscriptionsMetric = "promethean.broker.subscriptions";

    internal static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);

    // The boundaries that the convention names for both durations.
    private static readonly InstrumentAdvice<double> DurationAdvice = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    internal static readonly Counter<long> Sent = Meter.CreateCounter<long>(
        SentMessagesMetric, "{message}", "Messages and tasks whose sending was tried.");

    internal static readonly Counter<long> Consumed = Meter.CreateCounter<long>(
        ConsumedMessagesMetric, "{message}", "Messages and tasks given to a handler.");

    internal static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        DroppedMessagesMetric, "{message}", "Messages lost to a full subscription.");

    internal static readonly Counter<long> HandlerErrors = Meter.CreateCounter<long>(
        HandlerErrorsMetric, "{error}", "Exceptions thrown by handlers.");

    internal static readonly Counter<long> Reconnects = Meter.CreateCounter<long>(
        ReconnectsMetric, "{reconnect}", "Connections made again after a loss.");

    internal static readonly UpDownCounter<long> Subscriptions = Meter.CreateUpDownCounter<long>(
        SubscriptionsMetric, "{subscription}", "Live subscriptions.");

    internal static readonly Histogram<double> OperationDuration = Meter.CreateHistogram(
        OperationDurationMetric, "s", "From a call to its acknowledgement or final event.", tags: null, DurationAdvice);

    internal static readonly Histogram<double> ProcessDuration = Meter.CreateHistogram(
        ProcessDurationMetric, "s", "How long a handler ran.", tags: null, DurationAdvice);
}
