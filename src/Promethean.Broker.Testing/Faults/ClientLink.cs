namespace Promethean.Broker.Testing;

/// <summary>The state of one client's connection as a test has set it. The broker's gate guards it.</summary>
internal sealed class ClientLink
{
    public LinkDirection Partitioned { get; set; }

    public LinkDirection Held { get; set; }

    /// <summary>What waits for the release of what goes to the client.</summary>
    public Queue<Action> HeldArrivals { get; } = new();

    /// <summary>Calls that wait for the release of what goes to the broker, or of their acknowledgement.</summary>
    public List<TaskCompletionSource> HeldCalls { get; } = new();

    /// <summary>Which connection it is: one more with each that is lost.</summary>
    public int Connection { get; set; }

    /// <summary>Deliveries until the connection is cut; null for never.</summary>
    public int? DeliveriesLeft { get; set; }

    /// <summary>Keeps what goes to the client in order.</summary>
    public DeliveryLane Lane { get; } = new();

    public bool IsClear => Partitioned == LinkDirection.None && Held == LinkDirection.None && DeliveriesLeft is null;
}
