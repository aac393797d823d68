namespace Promethean.Broker.Testing;

/// <summary>A way over a client's connection.</summary>
[Flags]
public enum LinkDirection
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>What the client sends: calls, answers, settlements.</summary>
    ToBroker = 1,

    /// <summary>What the client gets: messages, tasks, events of answers, acknowledgements.</summary>
    ToClient = 2,

    /// <summary>Both ways.</summary>
    Both = ToBroker | ToClient,
}
