using System.Diagnostics;

namespace Promethean.Broker;

/// <summary>Traces and measures what a client does; for those who implement <see cref="IBrokerClient"/> or <see cref="IBrokerQueue"/>,
/// so that every implementation tells the same.</summary>
/// <remarks>What starts an operation returns null, and allocates nothing, while nobody listens; <c>using</c> takes null. Names and
/// attributes are those of <see cref="BrokerDiagnostics"/>. Every member may be called from any thread.</remarks>
public static class BrokerTelemetry
{
    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";

    /// <summary>The current activity in W3C form, to travel with a request; null where there is none.</summary>
    public static string? CurrentTraceParent => Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;

    /// <summary>Starts the publishing of a message.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="time">The clock of the duration; the system's when left out.</param>
    public static BrokerOperation? StartPublish(string topic, TimeProvider? time = null) =>
        Start(new("publish", OperationType.Send, ActivityKind.Producer, topic), time);

    /// <summary>Starts the enqueuing of a task.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="time">The clock of the duration; the system's when left out.</param>
    public static BrokerOperation? StartEnqueue(string queue, TimeProvider? time = null) =>
        Start(new("enqueue", OperationType.Send, ActivityKind.Producer, queue) { MetricName = queue }, time);

    /// <summary>Starts a request, which lasts until its final event.</summary>
    /// <param name="action">The action.</param>
    /// <param name="time">The clock of the duration; the system's when left out.</param>
    public static BrokerOperation? StartRequest(string action, TimeProvider? time = null) =>
        Start(new("request", OperationType.Send, ActivityKind.Client, action) { MetricName = action }, time);

    /// <summary>Starts the settling of a task.</summary>
    /// <param name="operation"><c>ack</c> or <c>nack</c>.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="time">The clock of the duration; the system's when left out.</param>
    public static BrokerOperation? StartSettle(string operation, string queue, TimeProvider? time = null) =>
        Start(new(operation, OperationType.Settle, ActivityKind.Client, queue) { MetricName = queue }, time);

    /// <summary>Starts the handling of a message, under the trace in its headers, and counts it as consumed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="pattern">The topic or pattern subscribed to.</param>
    /// <param name="time">The clock of the duration; the system's when left out.</param>
    public static BrokerOperation? StartProcess(BrokerMessage message, string pattern, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!IsListenedTo(OperationType.Process))
        {
            return null;
        }

        var isTopic = BrokerTopic.IsValid(pattern);
        return Start(
            new("process", OperationType.Process, ActivityKind.Consumer, message.Topic)
            {
                MetricName = isTopic ? pattern : null,
                Template = isTopic ? null : pattern,
                MessageId = message.Id,
                Parent = ReadTrace(message.Headers),
            },
            time);
    }

    /// <summary>Starts the handling of a task, under the trace in its headers, and counts it as consumed.</summary>
    /// <param name="task">The task.</param>
    /// <param name="time">The clock of the duration; the system's when left out.</param>
    public static BrokerOperation? StartProcess(QueueTask task, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        return IsListenedTo(OperationType.Process)
            ? Start(
                new("process", OperationType.Process, ActivityKind.Consumer, task.Queue)
                {
                    MetricName = task.Queue,
                    MessageId = task.Id,
                    Parent = ReadTrace(task.Headers),
                },
                time)
            : null;
    }

    /// <summary>Starts the serving of a request, under the trace it came with.</summary>
    /// <param name="action">The action.</param>
    /// <param name="traceParent">The caller's <see cref="CurrentTraceParent"/>.</param>
    /// <param name="time">The clock of the duration; the system's when left out.</param>
    public static BrokerOperation? StartServe(string action, string? traceParent, TimeProvider? time = null)
    {
        if (!IsListenedTo(OperationType.Process))
        {
            return null;
        }

        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent);
        return Start(new("serve", OperationType.Process, ActivityKind.Server, action) { MetricName = action, Parent = parent }, time);
    }

    /// <summary>The headers with the current activity's <c>traceparent</c> and <c>tracestate</c>, for a message to take along.</summary>
    /// <param name="headers">The headers; returned as they are where there is no activity, or where they bear a trace already.</param>
    public static IReadOnlyDictionary<string, string> WithTrace(IReadOnlyDictionary<string, string> headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        if (CurrentTraceParent is not { } traceParent || headers.ContainsKey(TraceParent))
        {
            return headers;
        }

        var traced = new Dictionary<string, string>(headers, StringComparer.OrdinalIgnoreCase);
        if (traced.TryAdd(TraceParent, traceParent) && Activity.Current?.TraceStateString is { Length: > 0 } state)
        {
            // A state belongs to its parent, so one without a parent gives way.
            traced[TraceState] = state;
        }

        return traced;
    }

    /// <summary>Counts a message lost to a full subscription.</summary>
    public static void CountDropped() => BrokerDiagnostics.Dropped.Add(1);

    /// <summary>Counts an exception that a handler threw.</summary>
    public static void CountHandlerError() => BrokerDiagnostics.HandlerErrors.Add(1);

    /// <summary>Counts a connection made again after a loss.</summary>
    public static void CountReconnect() => BrokerDiagnostics.Reconnects.Add(1);

    /// <summary>Counts subscriptions that began, or ended.</summary>
    /// <param name="change">How many more there are; negative for fewer.</param>
    public static void CountSubscriptions(int change) => BrokerDiagnostics.Subscriptions.Add(change);

    /// <summary>The context in a message's headers; none where there is none that can be read.</summary>
    /// <param name="headers">The headers.</param>
    public static ActivityContext ReadTrace(IReadOnlyDictionary<string, string> headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        headers.TryGetValue(TraceParent, out var parent);
        headers.TryGetValue(TraceState, out var state);
        ActivityContext.TryParse(parent, state, isRemote: true, out var context);
        return context;
    }

    private static BrokerOperation? Start(OperationDescription description, TimeProvider? time) =>
        IsListenedTo(description.Type) ? new(description, time ?? TimeProvider.System) : null;

    private static bool IsListenedTo(OperationType type) => BrokerDiagnostics.Activities.HasListeners()
        || (type == OperationType.Process
            ? BrokerDiagnostics.ProcessDuration.Enabled || BrokerDiagnostics.Consumed.Enabled
            : BrokerDiagnostics.OperationDuration.Enabled || BrokerDiagnostics.Sent.Enabled);
}
