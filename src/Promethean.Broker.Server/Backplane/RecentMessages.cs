namespace Promethean.Broker.Server;

/// <summary>The ids of the latest messages, to know one that comes again.</summary>
internal sealed class RecentMessages
{
    // Feeds are as many messages apart as one of them may hold, and the others bring meanwhile.
    private const int Capacity = 8 * 1024;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _ids = [];
    private readonly Queue<string> _order = new();

    /// <summary>Whether it is new.</summary>
    public bool TryAdd(string id)
    {
        lock (_lock)
        {
            if (!_ids.Add(id))
            {
                return false;
            }

            _order.Enqueue(id);
            if (_order.Count > Capacity)
            {
                _ids.Remove(_order.Dequeue());
            }

            return true;
        }
    }
}
