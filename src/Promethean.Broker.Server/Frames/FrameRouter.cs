using System.Text.Json;

namespace Promethean.Broker.Server;

/// <summary>Brings each frame to what acts on it, and acknowledges it where it has an id.</summary>
internal sealed class FrameRouter(TopicRouter topics, WorkDispatcher work, BrokerStatus status)
{
    public void Take(ClientConnection connection, ClientFrame frame)
    {
        if (frame.Problem is not null)
        {
            // Without a readable id or action there may be somebody who waits in vain, so this one is always answered.
            connection.Refuse(frame.RawId, Refusal.Invalid(frame.Problem));
            return;
        }

        switch (frame.Action)
        {
            case BrokerActions.Publish:
                Acknowledge(connection, frame, Publish(frame));
                break;
            case BrokerActions.Respond:
                Acknowledge(connection, frame, Respond(connection, frame));
                break;
            case BrokerActions.Subscribe:
                Acknowledge(connection, frame, topics.Subscribe(connection, PayloadReader.ReadText(frame.Payload, "topic")));
                break;
            case BrokerActions.Unsubscribe:
                Acknowledge(connection, frame, topics.Unsubscribe(connection, PayloadReader.ReadText(frame.Payload, "topic")));
                break;
            case BrokerActions.Cancel:
                Acknowledge(connection, frame, Cancel(connection, frame));
                break;
            case BrokerActions.Ready:
                Ready(connection, frame);
                break;
            case BrokerActions.Heartbeat:
                Acknowledge(connection, frame, null);
                break;
            case BrokerActions.ModelsList:
                Answer(connection, frame, writer => status.WriteModels(writer));
                break;
            case BrokerActions.SystemHealth:
                Answer(connection, frame, writer => status.WriteHealth(writer));
                break;
            case BrokerActions.SystemMetrics:
                Answer(connection, frame, writer => status.WriteMetrics(writer));
                break;
            case BrokerActions.Enqueue or BrokerActions.Acknowledge or BrokerActions.Reject:
                Acknowledge(connection, frame, NoQueues);
                break;
            default:
                work.Submit(connection, frame);
                break;
        }
    }

    /// <summary>Ends all that a connection takes part in.</summary>
    public void Forget(ClientConnection connection)
    {
        topics.Remove(connection);
        work.Disconnect(connection);
    }

    private static Refusal NoQueues => new(BrokerErrorCode.NotFound, "This broker has no queues.");

    private static void Acknowledge(ClientConnection connection, ClientFrame frame, Refusal? refusal)
    {
        if (frame.Id is null)
        {
            return;
        }

        if (refusal is null)
        {
            connection.Reply(ServerFrames.Ok(frame.RawId));
        }
        else
        {
            connection.Refuse(frame.RawId, refusal);
        }
    }

    private static void Answer(ClientConnection connection, ClientFrame frame, Action<Utf8JsonWriter> write)
    {
        if (frame.Id is not null)
        {
            connection.Reply(ServerFrames.Ok(frame.RawId, write));
        }
    }

    private Refusal? Publish(ClientFrame frame)
    {
        if (PayloadReader.ReadPublish(frame.Payload) is not { } message)
        {
            return Refusal.Invalid("publish takes {topic, payload, headers?}: a topic without wildcards, any JSON value, and an object of strings.");
        }

        topics.Publish(message);
        return null;
    }

    private Refusal? Respond(ClientConnection connection, ClientFrame frame) =>
        PayloadReader.ReadRespond(frame.Payload) is { } response
            ? work.Respond(connection, response)
            : Refusal.Invalid("respond takes {taskId, event, body?, final?}.");

    private Refusal? Cancel(ClientConnection connection, ClientFrame frame)
    {
        if (PayloadReader.ReadText(frame.Payload, "id") is not { } id)
        {
            return Refusal.Invalid("cancel takes {id}: the id of a request.");
        }

        work.Cancel(connection, id);
        return null;
    }

    private void Ready(ClientConnection connection, ClientFrame frame)
    {
        var ready = PayloadReader.ReadReady(frame.Payload);
        if (ready is { IsForQueue: true })
        {
            Acknowledge(connection, frame, NoQueues);
        }
        else if (ready is null || !ready.Actions.All(action => BrokerActions.IsValid(action) && !BrokerActions.IsBuiltIn(action)))
        {
            Acknowledge(connection, frame, Refusal.Invalid(
                $"ready takes {{actions, credit, worker?, models?}}: names of actions that the broker does not answer itself, and 0 to {ReadyPayload.MaxCredit}."));
        }
        else
        {
            work.Register(connection, ready, frame.RawId);
        }
    }
}
