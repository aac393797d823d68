using System.Text.Json;

namespace Promethean.Broker.Server;

/// <summary>Brings each frame to what acts on it, and acknowledges it where it has an id.</summary>
internal sealed class FrameRouter(FrameSchemas schemas, ITopics topics, IWork work, IQueues queues, BrokerStatus status)
{
    public void Take(ClientConnection connection, ClientFrame frame)
    {
        if (frame.Problem is not null)
        {
            // Without a readable id or action there may be somebody who waits in vain, so this one is always answered.
            connection.Refuse(frame.RawId, Refusal.Invalid(frame.Problem));
            return;
        }

        // Before it is looked at any closer: what is no good counts too.
        if (!EndsWork(frame.Action) && connection.Tenant.TryTakeFrame() is { } wait)
        {
            Acknowledge(connection, frame, new(BrokerErrorCode.Overloaded, "The organisation sends too many frames.", wait));
            return;
        }

        var problem = Problem(frame);
        if (problem is not null && frame.Action != BrokerActions.Respond)
        {
            Acknowledge(connection, frame, Refusal.Invalid(problem));
            return;
        }

        switch (frame.Action)
        {
            case BrokerActions.Publish:
                Publish(connection, frame);
                break;
            case BrokerActions.Respond:
                Acknowledge(connection, frame, Respond(connection, frame, problem));
                break;
            case BrokerActions.Subscribe:
                Subscribe(connection, frame);
                break;
            case BrokerActions.Unsubscribe:
                topics.Unsubscribe(connection, PayloadReader.ReadText(frame.Payload, "topic"), frame.RawId);
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
            case BrokerActions.ModelsList when work.KnowsEveryModel:
                Answer(connection, frame, writer => status.WriteModels(writer));
                break;
            case BrokerActions.SystemHealth:
                Answer(connection, frame, writer => status.WriteHealth(writer));
                break;
            case BrokerActions.SystemMetrics when connection.Identity.Check(BrokerScope.Metrics, null) is { } refusal:
                Acknowledge(connection, frame, refusal);
                break;
            case BrokerActions.SystemMetrics:
                Answer(connection, frame, writer => status.WriteMetrics(writer));
                break;
            case BrokerActions.Enqueue:
                Enqueue(connection, frame);
                break;
            case BrokerActions.Acknowledge or BrokerActions.Reject:
                Settle(connection, frame);
                break;
            case BrokerActions.Resume:
                Acknowledge(connection, frame, Refusal.Invalid(
                    "resume takes {session, received}, or nothing, has an id, and is the first frame of a connection and alone in its message."));
                break;
            default:
                work.Submit(connection, frame);
                break;
        }
    }

    /// <summary>What is wrong with a frame in itself; null when nothing is.</summary>
    public string? Problem(ClientFrame frame) => frame.Problem ?? schemas.Problem(frame);

    /// <summary>Goes on with what the connection had no room for.</summary>
    public void Resume(ClientConnection connection)
    {
        work.Resume(connection);
        queues.Resume(connection);
    }

    /// <summary>Ends all that a connection takes part in.</summary>
    public void Forget(ClientConnection connection)
    {
        topics.Remove(connection);
        work.Disconnect(connection);
        queues.Disconnect(connection);
    }

    private static void Acknowledge(ClientConnection connection, ClientFrame frame, Refusal? refusal) => connection.Acknowledge(frame.RawId, refusal);

    private static void Answer(ClientConnection connection, ClientFrame frame, Action<Utf8JsonWriter> write)
    {
        if (!frame.RawId.IsEmpty)
        {
            connection.Reply(ServerFrames.Ok(frame.RawId, write));
        }
    }

    // What ends work makes room; holding it back would not.
    private static bool EndsWork(string action) =>
        action is BrokerActions.Respond or BrokerActions.Acknowledge or BrokerActions.Reject or BrokerActions.Cancel or BrokerActions.Unsubscribe;

    private void Subscribe(ClientConnection connection, ClientFrame frame)
    {
        var pattern = PayloadReader.ReadText(frame.Payload, "topic");
        if (pattern is not null && connection.Identity.Check(BrokerScope.Subscribe, pattern) is { } refusal)
        {
            Acknowledge(connection, frame, refusal);
        }
        else
        {
            topics.Subscribe(connection, pattern, frame.RawId);
        }
    }

    private void Publish(ClientConnection connection, ClientFrame frame)
    {
        if (PayloadReader.ReadPublish(frame.Payload) is not { } message)
        {
            Acknowledge(connection, frame, Refusal.Invalid(
                "publish takes {topic, payload, headers?}: a topic without wildcards, any JSON value, and an object of strings."));
        }
        else if (connection.Identity.Check(BrokerScope.Publish, message.Topic) is { } refusal)
        {
            Acknowledge(connection, frame, refusal);
        }
        else
        {
            topics.Publish(connection, message, frame.RawId);
        }
    }

    private Refusal? Respond(ClientConnection connection, ClientFrame frame, string? problem)
    {
        if (PayloadReader.ReadRespond(frame.Payload) is not { } response)
        {
            return Refusal.Invalid(problem ?? "respond takes {taskId, event, body?, final?}.");
        }

        // Somebody waits for the answer: one that is no good ends it.
        var refusal = work.Respond(connection, problem is null ? response : response with { Event = null });
        return refusal is null || problem is null ? refusal : Refusal.Invalid(problem);
    }

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
        if (PayloadReader.Has(frame.Payload, "queue"u8))
        {
            Consume(connection, frame);
            return;
        }

        var ready = PayloadReader.ReadReady(frame.Payload);
        if (ready is null || !ready.Actions.All(action => BrokerActions.IsValid(action) && !BrokerActions.IsBuiltIn(action)))
        {
            Acknowledge(connection, frame, Refusal.Invalid(
                $"ready takes {{actions, credit, worker?, models?}}: names of actions that the broker does not answer itself, and 0 to {ReadyPayload.MaxCredit}."));
        }
        else if (ready.Actions.Select(action => connection.Identity.Check(BrokerScope.Serve, action)).FirstOrDefault(one => one is not null) is { } refusal)
        {
            Acknowledge(connection, frame, refusal);
        }
        else
        {
            work.Register(connection, ready, frame.RawId);
        }
    }

    private void Consume(ClientConnection connection, ClientFrame frame)
    {
        if (QueuePayloadReader.ReadConsume(frame.Payload) is { } ready)
        {
            if (connection.Identity.Check(BrokerScope.Consume, ready.Queue) is { } refusal)
            {
                Acknowledge(connection, frame, refusal);
            }
            else
            {
                queues.Register(connection, ready, frame.RawId);
            }
        }
        else
        {
            Acknowledge(connection, frame, Refusal.Invalid(
                $"ready takes {{queue, credit, worker?, lease_ms?}} for a queue: a queue's name, 0 to {QueueLimits.MaxCredit}, and a lease of at most a day."));
        }
    }

    private void Enqueue(ClientConnection connection, ClientFrame frame)
    {
        if (QueuePayloadReader.ReadEnqueue(frame.Payload) is { } task)
        {
            if (connection.Identity.Check(BrokerScope.Enqueue, task.Queue) is { } refusal)
            {
                Acknowledge(connection, frame, refusal);
            }
            else
            {
                queues.Enqueue(connection, task, frame.RawId);
            }
        }
        else
        {
            Acknowledge(connection, frame, Refusal.Invalid(
                "enqueue takes {queue, payload, dedupe_id?, delay_ms?, max_attempts?, headers?}: a queue's name, any JSON value, "
                + $"1 to {QueueLimits.MaxDedupeIdLength} characters, at most a day, at least 1, and an object of strings."));
        }
    }

    private void Settle(ClientConnection connection, ClientFrame frame)
    {
        var isDone = frame.Action == BrokerActions.Acknowledge;
        if (QueuePayloadReader.ReadSettle(frame.Payload) is not { } settled)
        {
            Acknowledge(connection, frame, Refusal.Invalid(
                isDone ? "ack takes {queue, taskId}." : "nack takes {queue, taskId, delay_ms?, dead_letter?, reason?}; the delay is at most a day."));
        }
        else if (isDone)
        {
            queues.Complete(connection, settled, frame.RawId);
        }
        else
        {
            queues.Return(connection, settled, frame.RawId);
        }
    }
}
