namespace Promethean.Broker;

/// <summary>A message that found its subscription's buffer full, and waits for room.</summary>
/// <param name="message">The message.</param>
/// <param name="arrived">The clock's timestamp when it came.</param>
internal sealed class SpilledMessage(BrokerMessage message, long arrived)
{
    public BrokerMessage Message => message;

    public long Arrived => arrived;

    /// <summary>Whether it found room or was lost.</summary>
    public bool IsSettled { get; set; }
}
