using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace Promethean.Broker;

/// <summary>The typed forms of <see cref="IBrokerClient"/>.</summary>
public static class BrokerClientExtensions
{
    /// <summary>Publishes a value; see <see cref="IBrokerClient.PublishAsync"/>.</summary>
    public static ValueTask PublishAsync<T>(
        this IBrokerClient client,
        string topic,
        T payload,
        JsonTypeInfo<T> payloadType,
        PublishOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.PublishAsync(topic, JsonPayload.From(payload, payloadType), options, cancellationToken);
    }

    /// <summary>Subscribes with a typed handler; a payload that cannot be read is that handler's error and no other's.
    /// See <see cref="IBrokerClient.SubscribeAsync"/>.</summary>
    public static ValueTask<IBrokerSubscription> SubscribeAsync<T>(
        this IBrokerClient client,
        string pattern,
        Func<BrokerMessage<T>, CancellationToken, ValueTask> handler,
        JsonTypeInfo<T> payloadType,
        SubscribeOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.SubscribeAsync(pattern, (message, token) => handler(message.Read(payloadType), token), options, cancellationToken);
    }

    /// <summary>Subscribes on the first move and yields messages until cancelled; use <see cref="IBrokerClient.SubscribeAsync"/>
    /// where a publish right after must be seen.</summary>
    public static async IAsyncEnumerable<BrokerMessage<T>> ReadAllAsync<T>(
        this IBrokerClient client,
        string pattern,
        JsonTypeInfo<T> payloadType,
        SubscribeOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        // One slot: the subscription's own buffer is the one that holds and drops.
        var handOver = Channel.CreateBounded<BrokerMessage<T>>(1);
        var subscription = await client.SubscribeAsync(pattern, handOver.Writer.WriteAsync, payloadType, options, cancellationToken).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            _ = subscription.Completion.ContinueWith(
                ended => handOver.Writer.TryComplete(ended.Exception?.InnerException),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            await foreach (var message in handOver.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return message;
            }
        }
    }

    /// <summary>Asks for an action and returns its final event, letting those before it pass.</summary>
    public static async ValueTask<BrokerReply> RequestAsync(
        this IBrokerClient client,
        string action,
        JsonPayload payload,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        await foreach (var reply in client.RequestStreamAsync(action, payload, options, cancellationToken).ConfigureAwait(false))
        {
            if (reply.IsFinal)
            {
                return reply;
            }
        }

        throw new BrokerException(BrokerErrorCode.Internal, $"The answer to '{action}' ended without a final event.");
    }

    /// <summary>Asks for an action with a typed request and reads its final event's body as a type.</summary>
    public static async ValueTask<TResult> RequestAsync<TRequest, TResult>(
        this IBrokerClient client,
        string action,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TResult> resultType,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var reply = await client.RequestAsync(action, JsonPayload.From(request, requestType), options, cancellationToken).ConfigureAwait(false);
        return reply.Body.Read(resultType)
            ?? throw new BrokerException(BrokerErrorCode.Internal, $"The answer to '{action}' was null where a {typeof(TResult).Name} belongs.");
    }

    private static BrokerMessage<T> Read<T>(this BrokerMessage message, JsonTypeInfo<T> type) =>
        new(message.Id, message.Topic, message.Timestamp, message.Payload.Read(type)!, message.Headers);
}
