namespace Promethean.Broker.Server;

/// <summary>Where a broker stands between its host's start and end.</summary>
internal enum BrokerPhase
{
    /// <summary>Its addresses are not bound and checked yet.</summary>
    Starting,

    /// <summary>Clients may connect.</summary>
    Accepting,

    /// <summary>What runs may end; nothing new is taken.</summary>
    Draining,
}
