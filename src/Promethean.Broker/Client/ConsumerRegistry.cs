using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker;

/// <summary>The consumers of a client by name, and whose task is whose.</summary>
internal sealed class ConsumerRegistry(ILogger logger)
{
    private readonly ConcurrentDictionary<string, QueueConsumer> _consumers = new();
    private int _lastName;

    public IEnumerable<QueueConsumer> All => _consumers.Values;

    public string NextName() => $"q{Interlocked.Increment(ref _lastName)}";

    public async Task AddAsync(QueueConsumer consumer, BrokerConnection connection, CancellationToken cancellationToken)
    {
        _consumers[consumer.Name] = consumer;
        await AnnounceAsync(consumer, connection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a consumer out once the broker knows: what it assigned before that still comes.</summary>
    public async Task RemoveAsync(QueueConsumer consumer, BrokerConnection? connection)
    {
        if (connection is not null)
        {
            var id = connection.NextId();
            // A broker that cannot be told has forgotten the consumer already.
            await connection.AskAsync(id, EndOf(id, consumer.Queue, consumer.Name), "the end of a consumer", default)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _consumers.TryRemove(consumer.Name, out _);
    }

    public Task RestoreAsync(BrokerConnection connection, CancellationToken cancellationToken) =>
        Task.WhenAll(All.Where(consumer => !consumer.IsEnding).Select(consumer => AnnounceAsync(consumer, connection, cancellationToken)));

    public void Assign(BrokerConnection connection, QueueAssignment assignment)
    {
        if (assignment.Consumer is not null && _consumers.TryGetValue(assignment.Consumer, out var consumer))
        {
            consumer.Take(new QueueDelivery(assignment.Task, connection), connection.Closed);
        }
        else
        {
            // A consumer that ended while the connection was made anew: the broker does not know, and would wait for the lease.
            _ = GiveBackAsync(connection, assignment);
        }
    }

    private static byte[] EndOf(long? id, string queue, string consumer) => ClientFrames.Consume(id, queue, consumer, 0, QueueLimits.MaxDelay);

    private static Task AnnounceAsync(QueueConsumer consumer, BrokerConnection connection, CancellationToken cancellationToken)
    {
        var id = connection.NextId();
        return connection.AskAsync(
            id,
            ClientFrames.Consume(id, consumer.Queue, consumer.Name, consumer.Options.Credit, consumer.Options.Lease),
            $"the consumer of '{consumer.Queue}'",
            cancellationToken);
    }

    private async Task GiveBackAsync(BrokerConnection connection, QueueAssignment assignment)
    {
        var task = assignment.Task;
        try
        {
            if (assignment.Consumer is not null)
            {
                await connection.SendAsync(EndOf(null, task.Queue, assignment.Consumer), CancellationToken.None).ConfigureAwait(false);
            }

            await connection.SendAsync(ClientFrames.Reject(null, task.Queue, task.Id, new()), CancellationToken.None).ConfigureAwait(false);
        }
        catch (BrokerException e)
        {
            HandlerLog.SettlementLost(logger, task.Queue, task.Id, e);
        }
    }
}
