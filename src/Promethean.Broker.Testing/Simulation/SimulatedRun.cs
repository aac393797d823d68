namespace Promethean.Broker.Testing;

/// <summary>One run of a scenario: its own broker, its own clock and its own chance, all from one seed.</summary>
public sealed class SimulatedRun
{
    internal SimulatedRun(int seed, VirtualClock clock, InMemoryBroker broker)
    {
        Seed = seed;
        Clock = clock;
        Broker = broker;
        // Not the broker's: what the scenario draws does not change what the broker draws.
        Random = new(seed ^ 0x5EED);
    }

    /// <summary>The seed.</summary>
    public int Seed { get; }

    /// <summary>The clock of the broker, for what the scenario's own code waits for.</summary>
    public VirtualClock Clock { get; }

    /// <summary>The broker; its faults are drawn from the seed unless the options said otherwise.</summary>
    public InMemoryBroker Broker { get; }

    /// <summary>Chance for the scenario itself.</summary>
    public Random Random { get; }
}
