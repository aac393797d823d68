namespace Promethean.Broker;

/// <summary>A call that waits for the events that bear its id.</summary>
internal abstract class PendingCall
{
    /// <summary>Takes one event, on the receive loop; must not block. Whether the call is over with it.</summary>
    public abstract bool Take(BrokerFrame frame);

    public abstract void Fail(Exception exception);
}
