namespace Promethean.Broker.Testing;

/// <summary>What every <see cref="IBrokerQueue"/> promises, as cases to run against an implementation.</summary>
/// <remarks>The cases use queues of their own, so that they may share one broker, also at the same time. Delays and leases in
/// them are real and short: the broker's clock must run.</remarks>
public static class BrokerQueueConformance
{
    /// <summary>All cases.</summary>
    public static IReadOnlyList<ConformanceCase<IBrokerQueue>> Cases { get; } =
        [.. DeliveryConformance.Cases, .. SettlementConformance.Cases, .. EnqueueConformance.Cases, .. ConsumerConformance.Cases];

    /// <summary>The case of a name, for test frameworks that pass names and not objects.</summary>
    /// <param name="name">A name of <see cref="Cases"/>.</param>
    /// <exception cref="ArgumentException">There is no such case.</exception>
    public static ConformanceCase<IBrokerQueue> Get(string name) =>
        Cases.FirstOrDefault(one => one.Name == name) ?? throw new ArgumentException($"There is no conformance case '{name}'.", nameof(name));
}
