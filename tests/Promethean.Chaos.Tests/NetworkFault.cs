namespace Promethean.Chaos.Tests;

/// <summary>What a network does to those who talk through it.</summary>
public enum NetworkFault
{
    /// <summary>Passes everything on.</summary>
    None,

    /// <summary>Swallows both ways and keeps the connections open.</summary>
    BlackHole,

    /// <summary>Swallows what the client sends.</summary>
    ClientToBroker,

    /// <summary>Swallows what the broker sends.</summary>
    BrokerToClient,

    /// <summary>Resets connections, those that are there and those that come.</summary>
    Reset,

    /// <summary>Passes each byte on in a packet of its own.</summary>
    ByteByByte,

    /// <summary>Passes everything on a little later.</summary>
    Latency,
}
