namespace Promethean.Broker;

/// <summary>A task on its way to its handler, which alone keeps the request from then on.</summary>
/// <remarks>An asynchronous method holds what it was given until it ends, and an answer may take long: so the request is taken out of
/// this when the handler is called, and not passed on as such.</remarks>
internal sealed class HandedTask(TaskAssignment task, DateTimeOffset? deadline)
{
    private BrokerRequest? _request = new(task.Id, task.Action, task.Payload, deadline);

    public string Id { get; } = task.Id;

    public string Action { get; } = task.Action;

    public string? TraceParent { get; } = task.TraceParent;

    /// <summary>The request, once.</summary>
    public BrokerRequest Take() =>
        Interlocked.Exchange(ref _request, null) ?? throw new InvalidOperationException($"The task '{Id}' has been handed over already.");
}
