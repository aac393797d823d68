namespace Promethean.Broker.Testing;

/// <summary>A message that waits for room in a full buffer, and who waits with it.</summary>
internal sealed class DoorWait(BrokerMessage message)
{
    private readonly TaskCompletionSource _entered = new();
    private ITimer? _timer;

    public BrokerMessage Message => message;

    /// <summary>Ends when there was room, or none in time.</summary>
    public Task Task => _entered.Task;

    public void Start(TimeProvider time, TimeSpan patience, Action expired) =>
        _timer = time.CreateTimer(static expire => ((Action)expire!)(), expired, patience, Timeout.InfiniteTimeSpan);

    /// <summary>Lets go on who waits. Called outside the gate.</summary>
    public void End()
    {
        _timer?.Dispose();
        _entered.TrySetResult();
    }
}
