namespace Promethean.Broker;

/// <summary>A live registration for actions; disposing it takes no more requests and cancels those that run.</summary>
public interface IBrokerWorker : IAsyncDisposable
{
    /// <summary>The actions served.</summary>
    IReadOnlyCollection<string> Actions { get; }

    /// <summary>Requests running now.</summary>
    int Active { get; }

    /// <summary>Ends with the registration, and faults when it broke for good.</summary>
    Task Completion { get; }
}
