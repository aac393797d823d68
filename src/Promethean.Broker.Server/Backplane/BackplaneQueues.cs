namespace Promethean.Broker.Server;

/// <summary>Queues where there is a backplane: they are the backplane's, and a client here is one of its consumers.</summary>
internal sealed class BackplaneQueues(BackplaneLink backplane, BrokerServerOptions options) : IQueues
{
    private static readonly Refusal ShuttingDown = new(BrokerErrorCode.Overloaded, "The broker is shutting down.", TimeSpan.FromSeconds(1));

    private readonly Lock _lock = new();
    private readonly HashSet<RelayedConsumer> _consumers = [];
    private bool _draining;

    public void Enqueue(ClientConnection sender, EnqueuePayload task, ReadOnlyMemory<byte> rawId)
    {
        if (Volatile.Read(ref _draining))
        {
            sender.Acknowledge(rawId, ShuttingDown);
            return;
        }

        var how = task.Options;
        var bytes = task.Value.Utf8.Length + how.Headers.Sum(header => header.Key.Length + header.Value.Length);
        sender.Backplane.Lane(sender, backplane)?.Add(rawId, bytes, async (id, left, token) =>
        {
            var asked = new EnqueueOptions
            {
                DedupeId = how.DedupeId,
                Delay = how.Delay,
                MaxAttempts = how.MaxAttempts,
                Headers = how.Headers,
                DisconnectedTimeout = left,
            };
            var result = await backplane.Queue.EnqueueAsync(task.Queue, task.Value, asked, token).ConfigureAwait(false);
            if (!id.IsEmpty)
            {
                sender.Reply(ServerFrames.Enqueued(id, result));
            }
        });
    }

    public void Register(ClientConnection connection, ConsumePayload ready, ReadOnlyMemory<byte> rawId) =>
        connection.Backplane.Lane(connection, backplane)?.Add(rawId, ready.Queue.Length, (id, _, token) => RegisterAsync(connection, ready, id, token));

    public void Complete(ClientConnection connection, SettlePayload done, ReadOnlyMemory<byte> rawId) =>
        Settle(connection, done, rawId, static (delivery, _, token) => delivery.AckAsync(token));

    public void Return(ClientConnection connection, SettlePayload undone, ReadOnlyMemory<byte> rawId) =>
        Settle(connection, undone, rawId, static (delivery, how, token) => delivery.NackAsync(how, token));

    public void Resume(ClientConnection connection)
    {
        lock (connection.Backplane.Gate)
        {
            foreach (var consumer in connection.Backplane.Consumers.Values.Concat(connection.Backplane.Leaving))
            {
                consumer.TellRoom();
            }
        }
    }

    public void Disconnect(ClientConnection connection)
    {
        var part = connection.Backplane;
        lock (part.Gate)
        {
            part.IsClosed = true;
            foreach (var consumer in part.Consumers.Values.Concat(part.Leaving))
            {
                Forget(consumer);
                _ = consumer.EndAsync();
            }

            part.Consumers.Clear();
            part.Leaving.Clear();
            part.Held.Clear();
        }
    }

    public void Drain()
    {
        RelayedConsumer[] consumers;
        lock (_lock)
        {
            _draining = true;
            consumers = [.. _consumers];
        }

        foreach (var consumer in consumers)
        {
            _ = consumer.DrainAsync();
        }
    }

    public (int Consumers, int Queues, int Tasks) Count()
    {
        lock (_lock)
        {
            return (_consumers.Count, 0, 0);
        }
    }

    // What the backplane has accepted is the backplane's to keep.
    public Task<int> FlushAsync(CancellationToken cancellationToken) => Task.FromResult(0);

    // A connection's consumers change in its lane, and end with it.
    private async Task RegisterAsync(ClientConnection connection, ConsumePayload ready, ReadOnlyMemory<byte> rawId, CancellationToken cancellationToken)
    {
        var part = connection.Backplane;
        var name = ready.Consumer ?? "";
        RelayedConsumer? old;
        lock (part.Gate)
        {
            part.Consumers.TryGetValue(name, out old);
            if (old is null && ready.Credit > 0 && part.Consumers.Count + part.Workers.Count >= options.MaxWorkers)
            {
                connection.Acknowledge(rawId, new(BrokerErrorCode.TooLarge, $"A connection has at most {options.MaxWorkers} workers and consumers."));
                return;
            }
        }

        if (old?.IsFor(ready) == true)
        {
            connection.Acknowledge(rawId, null);
            return;
        }

        RelayedConsumer? consumer = null;
        if (ready.Credit > 0)
        {
            consumer = new(connection, ready, backplane);
            await consumer.OpenAsync(cancellationToken).ConfigureAwait(false);
        }

        // One that holds nothing is gone when the client hears so; one that holds something ends with that.
        var isIdle = old?.IsIdle == true;
        if (Replace(connection, name, old, consumer) is { } leaving && isIdle)
        {
            await leaving.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        connection.Acknowledge(rawId, null);
        consumer?.Begin();
    }

    /// <summary>Puts a consumer in the place of another; what is given ends when that one has.</summary>
    private Task? Replace(ClientConnection connection, string name, RelayedConsumer? old, RelayedConsumer? consumer)
    {
        var part = connection.Backplane;
        lock (part.Gate)
        {
            if (part.IsClosed)
            {
                _ = consumer?.EndAsync();
                return null;
            }

            if (consumer is not null)
            {
                part.Consumers[name] = consumer;
                Remember(consumer);
            }
            else
            {
                part.Consumers.Remove(name);
            }

            if (old is not null)
            {
                part.Leaving.Add(old);
            }
        }

        if (Volatile.Read(ref _draining))
        {
            _ = consumer?.DrainAsync();
        }

        // Begun before the client hears of it: what it settles then must not bring it another.
        return old is null ? null : LeaveAsync(part, old);
    }

    /// <summary>Lets a consumer end with what it holds.</summary>
    private async Task LeaveAsync(BackplanePart part, RelayedConsumer consumer)
    {
        Forget(consumer);
        await consumer.DrainAsync().ConfigureAwait(false);
        lock (part.Gate)
        {
            part.Leaving.Remove(consumer);
        }
    }

    private void Settle(
        ClientConnection connection, SettlePayload settled, ReadOnlyMemory<byte> rawId, Func<IQueueDelivery, NackOptions, CancellationToken, ValueTask> settle)
    {
        lock (connection.Backplane.Gate)
        {
            if (connection.Backplane.Held.Remove((settled.Queue, settled.TaskId), out var held))
            {
                _ = SettleAsync(connection, held, settled, rawId.ToArray(), settle);
                return;
            }
        }

        connection.Acknowledge(rawId, new(
            BrokerErrorCode.NotFound, $"No task '{settled.TaskId}' of queue '{settled.Queue}' is assigned to this connection; its lease may have run out."));
    }

    private async Task SettleAsync(
        ClientConnection connection,
        HeldTask held,
        SettlePayload settled,
        ReadOnlyMemory<byte> rawId,
        Func<IQueueDelivery, NackOptions, CancellationToken, ValueTask> settle)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var late = new CancellationTokenSource(backplane.Patience, backplane.Time);
        try
        {
            await settle(held.Delivery, settled.How, late.Token).ConfigureAwait(false);
            connection.Acknowledge(rawId, null);
        }
        catch (Exception e)
        {
            backplane.Failed(e);
            connection.Acknowledge(rawId, BackplaneErrors.Of(e, mayBeDone: true));
        }

        if (!held.TryLetGo())
        {
            TakeBack(connection.Backplane, (settled.Queue, settled.TaskId), held);
        }
    }

    /// <summary>A settlement that has not even begun leaves the task in the client's hands.</summary>
    private static void TakeBack(BackplanePart part, (string Queue, string Task) key, HeldTask held)
    {
        lock (part.Gate)
        {
            if (!part.IsClosed)
            {
                part.Held.TryAdd(key, held);
            }
        }
    }

    private void Remember(RelayedConsumer consumer)
    {
        lock (_lock)
        {
            _consumers.Add(consumer);
        }
    }

    private void Forget(RelayedConsumer consumer)
    {
        lock (_lock)
        {
            _consumers.Remove(consumer);
        }
    }
}
