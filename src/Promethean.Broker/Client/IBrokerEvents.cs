namespace Promethean.Broker;

/// <summary>Takes what a broker sends of its own accord; called on the receive loop, so nothing here may block.</summary>
internal interface IBrokerEvents
{
    void OnMessage(BrokerMessage message);

    /// <summary>Messages may be missing before the next.</summary>
    void OnGap(BrokerGap gap);

    /// <summary>Ends when the messages taken have found room or been lost; the next are read after it.</summary>
    Task WaitForRoomAsync();

    void OnTaskAssigned(BrokerConnection connection, TaskAssignment task);

    void OnQueueTaskAssigned(BrokerConnection connection, QueueAssignment task);

    void OnTaskCancelled(string taskId);
}
