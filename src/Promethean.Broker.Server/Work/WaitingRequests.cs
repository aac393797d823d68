namespace Promethean.Broker.Server;

/// <summary>What requests that wait for a worker take together, and whether there is room for one more; the dispatcher's to call, under its lock.</summary>
internal sealed class WaitingRequests(BrokerServerOptions options, BrokerServerMetrics metrics)
{
    private readonly long _bytesPerOrg = OrgShare.Of(options, options.MaxQueuedRequestBytes);
    private readonly int _perActionPerOrg = OrgShare.Of(options, options.MaxQueuedPerActionPerOrg, options.MaxQueuedPerAction);
    private long _bytes;

    /// <summary>Why a request may not wait; null where it may.</summary>
    public string? Full(WorkTask task, ActionQueue action)
    {
        var tenant = task.Caller.Tenant;
        return action.Waiting >= options.MaxQueuedPerAction ? $"{action.Waiting} requests for '{task.Action}' wait already."
            : action.WaitingOf(tenant) is var own && own >= _perActionPerOrg ? $"{own} requests of the organisation for '{task.Action}' wait already."
            : _bytes + task.Payload.Length > options.MaxQueuedRequestBytes ? $"Requests that wait take {_bytes} bytes already."
            : tenant.WaitingBytes + task.Payload.Length > _bytesPerOrg ? $"Requests of the organisation that wait take {tenant.WaitingBytes} bytes already."
            : null;
    }

    public void Add(WorkTask task) => Count(task, 1);

    public void Remove(WorkTask task) => Count(task, -1);

    private void Count(WorkTask task, int change)
    {
        _bytes += change * task.Payload.Length;
        task.Caller.Tenant.WaitingBytes += change * task.Payload.Length;
        metrics.Queued(change);
    }
}
