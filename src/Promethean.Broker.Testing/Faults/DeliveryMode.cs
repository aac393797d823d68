namespace Promethean.Broker.Testing;

/// <summary>When what has no latency is delivered.</summary>
public enum DeliveryMode
{
    /// <summary>Within the call that sends it.</summary>
    Inline,

    /// <summary>When the test says so: <see cref="InMemoryBroker.TickAsync"/>, or an advance of the <see cref="VirtualClock"/>.</summary>
    Stepped,
}
