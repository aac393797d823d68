namespace Promethean.Broker.Testing;

/// <summary>In which order what is due at the same time reaches a client.</summary>
public enum MessageOrder
{
    /// <summary>As the broker accepted it; latency never lets one overtake another on its way to the same client.</summary>
    InOrder,

    /// <summary>In an order drawn from the seed; latency lets them overtake each other. Implies <see cref="DeliveryMode.Stepped"/>,
    /// since there is nothing to shuffle where each is delivered at once.</summary>
    Shuffle,
}
