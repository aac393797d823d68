using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace Promethean.Broker;

/// <summary>The typed forms of <see cref="IBrokerQueue"/>, and its stream.</summary>
public static class BrokerQueueExtensions
{
    /// <summary>Enqueues a value; see <see cref="IBrokerQueue.EnqueueAsync"/>.</summary>
    public static ValueTask<EnqueueResult> EnqueueAsync<T>(
        this IBrokerQueue broker,
        string queue,
        T payload,
        JsonTypeInfo<T> payloadType,
        EnqueueOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(broker);
        return broker.EnqueueAsync(queue, JsonPayload.From(payload, payloadType), options, cancellationToken);
    }

    /// <summary>Consumes with a typed handler; a payload that cannot be read is dead at once, since another attempt would not help.
    /// See <see cref="IBrokerQueue.ConsumeAsync"/>.</summary>
    public static ValueTask<IQueueConsumer> ConsumeAsync<T>(
        this IBrokerQueue broker,
        string queue,
        Func<T, IQueueDelivery, CancellationToken, ValueTask> handler,
        JsonTypeInfo<T> payloadType,
        ConsumeOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(broker);
        ArgumentNullException.ThrowIfNull(handler);
        return broker.ConsumeAsync(queue, HandleAsync, options, cancellationToken);

        async ValueTask HandleAsync(IQueueDelivery delivery, CancellationToken token)
        {
            T? payload;
            try
            {
                payload = delivery.Task.Payload.Read(payloadType);
            }
            catch (BrokerException e)
            {
                // The delay is for what is a dead letter already: it stays one, and must not come back at once for ever.
                var delay = (options ?? new()).RetryDelayAfter(delivery.Task.Attempts);
                await delivery.NackAsync(new() { DeadLetter = true, Delay = delay, Reason = e.Message }, CancellationToken.None).ConfigureAwait(false);
                throw;
            }

            await handler(payload!, delivery, token).ConfigureAwait(false);
        }
    }

    /// <summary>Takes tasks from a queue, for the caller to settle; consumes from the first move until the enumeration ends.</summary>
    /// <remarks>Taking the next one leaves those before it as they are: at most <see cref="ConsumeOptions.Credit"/> are unsettled at
    /// once, and the next comes when one of them is settled. Leaving the enumeration gives back what is unsettled.</remarks>
    public static async IAsyncEnumerable<IQueueDelivery> TakeAllAsync(
        this IBrokerQueue broker,
        string queue,
        ConsumeOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(broker);
        options ??= new();
        var taken = Channel.CreateBounded<IQueueDelivery>(options.Credit);
        var consumer = await broker.ConsumeAsync(
            queue,
            async (delivery, token) =>
            {
                var held = new HeldDelivery(delivery);
                await taken.Writer.WriteAsync(held, token).ConfigureAwait(false);
                await held.Settled.WaitAsync(token).ConfigureAwait(false);
            },
            options,
            cancellationToken).ConfigureAwait(false);
        await using (consumer.ConfigureAwait(false))
        {
            _ = consumer.Completion.ContinueWith(
                ended => taken.Writer.TryComplete(ended.Exception?.InnerException),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            await foreach (var delivery in taken.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return delivery;
            }
        }
    }
}
