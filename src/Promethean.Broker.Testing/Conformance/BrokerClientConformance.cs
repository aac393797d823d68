namespace Promethean.Broker.Testing;

/// <summary>What every <see cref="IBrokerClient"/> promises, as cases to run against an implementation.</summary>
/// <remarks>The cases use topics and actions of their own, so that they may share one broker, also at the same time. Deadlines in
/// them are real and short.</remarks>
public static class BrokerClientConformance
{
    /// <summary>All cases.</summary>
    public static IReadOnlyList<ConformanceCase<IBrokerClient>> Cases { get; } =
        [.. TopicConformance.Cases, .. BufferConformance.Cases, .. RequestConformance.Cases, .. WorkerConformance.Cases, .. LifeConformance.Cases];

    /// <summary>The case of a name, for test frameworks that pass names and not objects.</summary>
    /// <param name="name">A name of <see cref="Cases"/>.</param>
    /// <exception cref="ArgumentException">There is no such case.</exception>
    public static ConformanceCase<IBrokerClient> Get(string name) =>
        Cases.FirstOrDefault(one => one.Name == name) ?? throw new ArgumentException($"There is no conformance case '{name}'.", nameof(name));
}
