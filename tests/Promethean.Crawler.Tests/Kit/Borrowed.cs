using System.Runtime.CompilerServices;
using Promethean.Broker;
using Promethean.Broker.Testing;

namespace Promethean.Crawler.Tests;

/// <summary>A broker client that a container may dispose without ending it, and that counts the requests that fail.</summary>
internal sealed class Borrowed(InMemoryBrokerClient client) : IBrokerClient
{
    private int _failures;

    public int Failures => Volatile.Read(ref _failures);

    public InMemoryBrokerClient Client => client;

    public BrokerConnectionState State => client.State;

    public IAsyncEnumerable<BrokerConnectionState> WatchStateAsync(CancellationToken cancellationToken = default) => client.WatchStateAsync(cancellationToken);

    public ValueTask PublishAsync(string topic, JsonPayload payload, PublishOptions? options = null, CancellationToken cancellationToken = default) =>
        client.PublishAsync(topic, payload, options, cancellationToken);

    public ValueTask<IBrokerSubscription> SubscribeAsync(string pattern, Func<BrokerMessage, CancellationToken, ValueTask> handler, SubscribeOptions? options = null, CancellationToken cancellationToken = default) =>
        client.SubscribeAsync(pattern, handler, options, cancellationToken);

    public async IAsyncEnumerable<BrokerReply> RequestStreamAsync(string action, JsonPayload payload, RequestOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var complete = false;
        try
        {
            await foreach (var reply in client.RequestStreamAsync(action, payload, options, cancellationToken))
            {
                complete |= reply.IsFinal;
                yield return reply;
            }
        }
        finally
        {
            if (!complete) Interlocked.Increment(ref _failures);
        }
    }

    public ValueTask<IBrokerWorker> ServeAsync(IReadOnlyCollection<string> actions, BrokerActionHandler handler, ServeOptions? options = null, CancellationToken cancellationToken = default) =>
        client.ServeAsync(actions, handler, options, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
