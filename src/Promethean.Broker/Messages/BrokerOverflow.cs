namespace Promethean.Broker;

/// <summary>What happens to a message that finds its subscriber's buffer full; every loss is counted.</summary>
public enum BrokerOverflow
{
    /// <summary>The oldest message waiting makes room.</summary>
    DropOldest,

    /// <summary>The message that arrives is lost.</summary>
    DropNewest,

    /// <summary>The message that arrives is lost and the subscription ends: what waits is still handled, then its
    /// <see cref="IBrokerSubscription.Completion"/> faults with <see cref="BrokerErrorCode.Overloaded"/>. For those who would rather
    /// stop than miss one.</summary>
    Throw,

    /// <summary>Delivery waits for room, at most <see cref="SubscribeOptions.OverflowTimeout"/>; then the message is lost. Meanwhile
    /// whoever delivers to the same client waits too, so that the sender is slowed and not only the subscriber.</summary>
    /// <remarks>What the client receives comes in one order, so its answers stand behind the message that waits: a handler that
    /// awaits a call of its own client while its buffer is full can wait the whole <see cref="SubscribeOptions.OverflowTimeout"/>.
    /// Give such a handler a client of its own, or room. A broker gives up a connection that is not read for longer than its keep-alive
    /// timeout, 10 s where it was not set otherwise: stay well below it.</remarks>
    Wait,
}
