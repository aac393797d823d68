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

    /// <summary>Asks for an action with a typed request and yields its events; see <see cref="IBrokerClient.RequestStreamAsync"/>.</summary>
    public static IAsyncEnumerable<BrokerReply> RequestStreamAsync<TRequest>(
        this IBrokerClient client,
        string action,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.RequestStreamAsync(action, JsonPayload.From(request, requestType), options, cancellationToken);
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

    /// <summary>Serves one action with a typed handler whose result is the one event of the answer; a request that cannot be read, or
    /// is null, is refused with <see cref="BrokerErrorCode.InvalidRequest"/>. See <see cref="IBrokerClient.ServeAsync"/>.</summary>
    /// <param name="client">The client.</param>
    /// <param name="action">The action's wire name.</param>
    /// <param name="resultEvent">The wire name of the event that bears the result.</param>
    /// <param name="handler">Called once per request.</param>
    /// <param name="requestType">The request's contract.</param>
    /// <param name="resultType">The result's contract; it must serialise to a JSON object.</param>
    /// <param name="options">Concurrency.</param>
    /// <param name="cancellationToken">Stops waiting for the acknowledgement; the worker's life is its disposal.</param>
    public static ValueTask<IBrokerWorker> ServeAsync<TRequest, TResult>(
        this IBrokerClient client,
        string action,
        string resultEvent,
        Func<TRequest, CancellationToken, ValueTask<TResult>> handler,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TResult> resultType,
        ServeOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(handler);
        return client.ServeAsync([action], AnswerAsync, options, cancellationToken);

        async IAsyncEnumerable<BrokerReply> AnswerAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken token)
        {
            var asked = request.Payload.Read(requestType)
                ?? throw new BrokerException(BrokerErrorCode.InvalidRequest, $"The request for '{action}' is null where a {typeof(TRequest).Name} belongs.");
            yield return BrokerReply.Final(resultEvent, await handler(asked, token).ConfigureAwait(false), resultType);
        }
    }

    private static BrokerMessage<T> Read<T>(this BrokerMessage message, JsonTypeInfo<T> type) =>
        new(message.Id, message.Topic, message.Timestamp, message.Payload.Read(type)!, message.Headers);
}
