namespace Promethean.Broker.Testing;

/// <summary>What must not overtake each other: the place of the last one, which the next stays behind.</summary>
internal sealed class DeliveryLane
{
    public DateTimeOffset LastDue { get; set; }

    public long LastOrder { get; set; }
}
