using Promethean.Broker;

namespace Promethean.Crawler.Tests;

/// <summary>A broker client that a container may dispose without ending it.</summary>
internal sealed class Borrowed(IBrokerClient client) : IBrokerClient
{
    public BrokerConnectionState State => client.State;

    public IAsyncEnumerable<BrokerConnectionState> WatchStateAsync(CancellationToken cancellationToken = default) => client.WatchStateAsync(cancellationToken);

    public ValueTask PublishAsync(string topic, JsonPayload payload, PublishOptions? options = null, CancellationToken cancellationToken = default) =>
        client.PublishAsync(topic, payload, options, cancellationToken);

    public ValueTask<IBrokerSubscription> SubscribeAsync(string pattern, Func<BrokerMessage, CancellationToken, ValueTask> handler, SubscribeOptions? options = null, CancellationToken cancellationToken = default) =>
        client.SubscribeAsync(pattern, handler, options, cancellationToken);

    public IAsyncEnumerable<BrokerReply> RequestStreamAsync(string action, JsonPayload payload, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        client.RequestStreamAsync(action, payload, options, cancellationToken);

    public ValueTask<IBrokerWorker> ServeAsync(IReadOnlyCollection<string> actions, BrokerActionHandler handler, ServeOptions? options = null, CancellationToken cancellationToken = default) =>
        client.ServeAsync(actions, handler, options, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
