namespace Promethean.Broker;

/// <summary>The answer to a task, on the connection that brought it.</summary>
internal sealed class SocketAnswer(string taskId, BrokerConnection connection) : ITaskAnswer
{
    public CancellationToken Closed => connection.Closed;

    public ValueTask ReplyAsync(BrokerReply reply, CancellationToken cancellationToken) =>
        connection.SendAsync(ClientFrames.Respond(taskId, reply.Event, reply.Body, reply.IsFinal), cancellationToken);

    public ValueTask FailAsync(BrokerException error, CancellationToken cancellationToken) =>
        connection.SendAsync(ClientFrames.RespondError(taskId, error), cancellationToken);
}
