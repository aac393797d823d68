namespace Promethean.Broker.Server;

/// <summary>Who consumes which queue.</summary>
internal sealed class ConsumerTable
{
    private readonly Dictionary<string, List<QueueConsumer>> _byQueue = [];
    private long _turn;

    public int Count => _byQueue.Values.Sum(consumers => consumers.Count);

    public IEnumerable<string> Queues => _byQueue.Keys;

    public void Add(QueueConsumer consumer)
    {
        if (!_byQueue.TryGetValue(consumer.Queue, out var consumers))
        {
            _byQueue[consumer.Queue] = consumers = [];
        }

        consumers.Add(consumer);
    }

    public void Remove(QueueConsumer consumer)
    {
        if (_byQueue.TryGetValue(consumer.Queue, out var consumers) && consumers.Remove(consumer) && consumers.Count == 0)
        {
            _byQueue.Remove(consumer.Queue);
        }
    }

    /// <summary>The one to give a task to: of those with credit and a connection with room the least loaded, and of these the longest idle.</summary>
    public QueueConsumer? Next(string queue)
    {
        QueueConsumer? next = null;
        foreach (var consumer in _byQueue.GetValueOrDefault(queue) ?? [])
        {
            if (consumer.Free > 0
                && (next is null || (consumer.Tasks.Count, consumer.LastAssigned).CompareTo((next.Tasks.Count, next.LastAssigned)) < 0)
                && consumer.Connection.HasRoomForTask())
            {
                next = consumer;
            }
        }

        return next;
    }

    public void Hold(QueueConsumer consumer, BookedTask task)
    {
        consumer.Tasks.Add(task.Id, task);
        consumer.LastAssigned = ++_turn;
    }
}
