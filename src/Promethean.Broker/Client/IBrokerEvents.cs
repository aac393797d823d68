namespace Promethean.Broker;

/// <summary>Takes what a broker sends of its own accord; called on the receive loop, so nothing here may block.</summary>
internal interface IBrokerEvents
{
    void OnMessage(BrokerMessage message);

    void OnTaskAssigned(BrokerConnection connection, TaskAssignment task);

    void OnTaskCancelled(string taskId);
}
