namespace Promethean.Mongo.Embedded.ChangeStreams;

/// <summary>A place among the events of all streams, ordered as they happened.</summary>
/// <param name="Time">The cluster time.</param>
/// <param name="Order">The event's place among those of that time; -1 for the place before all of them.</param>
/// <param name="IsInvalidation">Whether it is the <c>invalidate</c> that follows the event.</param>
internal readonly record struct StreamPosition(long Time, int Order, bool IsInvalidation = false) : IComparable<StreamPosition>
{
    /// <summary>Whether an event stands here, else it is a place between events.</summary>
    public bool IsEvent => Order >= 0;

    /// <summary>The place after every event up to and with a cluster time.</summary>
    public static StreamPosition After(long time) => new(time + 1, -1);

    public int CompareTo(StreamPosition other)
    {
        var order = Time.CompareTo(other.Time);
        if (order == 0) order = Order.CompareTo(other.Order);
        return order != 0 ? order : IsInvalidation.CompareTo(other.IsInvalidation);
    }
}
