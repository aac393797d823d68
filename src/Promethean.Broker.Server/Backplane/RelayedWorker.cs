using System.Runtime.CompilerServices;

namespace Promethean.Broker.Server;

/// <summary>A worker of a client here, as the backplane sees it. What changes is changed under its connection's gate alone.</summary>
/// <remarks>The backplane gives it no more than its credit. It has less room than that where the client is away, has lowered its
/// credit, or is still at something that nobody waits for; then what the backplane gives waits here.</remarks>
internal sealed class RelayedWorker(ClientConnection connection, string name, int capacity, TimeProvider time)
{
    private readonly Queue<RelayedTask> _waiting = new();
    private int _running;

    public string Name => name;

    public int Credit { get; private set; }

    /// <summary>Whether it takes nothing more.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>What it is offered by at the backplane; null where it has no credit.</summary>
    public WorkerOffer? Offer { get; set; }

    public int Waiting => _waiting.Count;

    private Lock Gate => connection.Backplane.Gate;

    private static BrokerException Gone(string action) =>
        new(BrokerErrorCode.Internal, $"The worker that served '{action}' left; the request may have had effects.", TimeSpan.Zero);

    private static BrokerException TakesNoMore(string action) =>
        new(BrokerErrorCode.NoResponders, $"The worker for '{action}' takes no more.", TimeSpan.Zero);

    /// <summary>A request that the backplane brings, as a task of the client's.</summary>
    public RelayedTask Begin(BrokerRequest request) => new(this, request, BrokerTelemetry.CurrentTraceParent, capacity);

    /// <summary>Has a task served by the client, and passes its events on.</summary>
    /// <remarks>The task and not its request: whatever an iterator is given, it holds until it ends.</remarks>
    public async IAsyncEnumerable<BrokerReply> ServeAsync(RelayedTask task, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Take(task);
        try
        {
            while (await HasMoreAsync(task, cancellationToken).ConfigureAwait(false))
            {
                while (task.Replies.TryRead(out var reply))
                {
                    yield return reply;
                }
            }
        }
        finally
        {
            Abandon(task);
        }
    }

    /// <summary>Gives the client what waits while it has room. Under the gate.</summary>
    public void Feed()
    {
        while (_running < Credit && connection.IsAttached && _waiting.TryDequeue(out var task))
        {
            if (!task.IsOver)
            {
                Assign(task);
            }
        }
    }

    /// <summary>Changes how much the client takes at once. Under the gate.</summary>
    public void SetCredit(int credit)
    {
        Credit = credit;
        if (credit == 0)
        {
            Refuse();
        }

        Feed();
    }

    /// <summary>The client has ended a task. Under the gate.</summary>
    public void Release(RelayedTask task)
    {
        if (connection.Backplane.Tasks.Remove(task.Id))
        {
            _running--;
            Feed();
        }
    }

    /// <summary>Takes nothing more. Under the gate.</summary>
    public void TakeNoMore() => HasLeft = true;

    /// <summary>What the client is still at fails for its callers; the backplane must give nothing more by then, since this makes room.
    /// Under the gate.</summary>
    public void Fail()
    {
        foreach (var task in connection.Backplane.Tasks.Values.Where(task => task.Worker == this).ToList())
        {
            connection.Backplane.Tasks.Remove(task.Id);
            task.Fail(Gone(task.Action));
        }

        Refuse();
    }

    private async ValueTask<bool> HasMoreAsync(RelayedTask task, CancellationToken cancellationToken)
    {
        try
        {
            return await task.Replies.WaitToReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (HasLeft)
        {
            // The offer ends because the worker left: that is no cancellation of the caller's.
            throw Reason(task);
        }
    }

    private BrokerException Reason(RelayedTask task)
    {
        lock (Gate)
        {
            var wasGiven = connection.Backplane.Tasks.GetValueOrDefault(task.Id) == task;
            return task.Failure ?? (wasGiven ? Gone(task.Action) : TakesNoMore(task.Action));
        }
    }

    private void Refuse()
    {
        while (_waiting.TryDequeue(out var task))
        {
            task.Fail(TakesNoMore(task.Action));
        }
    }

    private void Take(RelayedTask task)
    {
        lock (Gate)
        {
            if (HasLeft || Credit == 0)
            {
                throw TakesNoMore(task.Action);
            }

            _waiting.Enqueue(task);
            Feed();
        }
    }

    private void Assign(RelayedTask task)
    {
        // An id that is still with the worker belongs to a task that nobody waits for.
        if (!connection.Backplane.Tasks.TryAdd(task.Id, task))
        {
            task.Fail(new(BrokerErrorCode.Internal, "The worker is at this request already.", TimeSpan.Zero));
            return;
        }

        _running++;
        var left = task.Deadline - time.GetUtcNow();
        connection.Reply(ServerFrames.TaskAssigned(
            task.Id,
            task.Action,
            task.Payload.Utf8,
            task.TraceParent,
            left < TimeSpan.Zero ? TimeSpan.Zero : left,
            name.Length == 0 ? null : name));
        task.DropPayload();
    }

    /// <summary>Nobody waits for the answer any more, whether there was one or not.</summary>
    private void Abandon(RelayedTask task)
    {
        lock (Gate)
        {
            var wasOver = task.IsOver;
            task.IsOver = true;
            task.DropPayload();
            if (!wasOver && connection.Backplane.Tasks.GetValueOrDefault(task.Id) == task)
            {
                connection.Reply(ServerFrames.TaskCancelled(task.Id));
            }
        }
    }
}
