using Promethean.Broker;

namespace Promethean.Workers.Tests;

/// <summary>A broker client that tells of registrations, refuses the first ones if asked to, and can break one for good.</summary>
internal sealed class ObservedBroker(IBrokerClient inner, params BrokerException[] refusals) : IBrokerClient
{
    private readonly Queue<BrokerException> _refusals = new(refusals);

    /// <summary>Completes with the first registration that succeeds.</summary>
    public TaskCompletionSource<ObservedWorker> Served { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the first refusal.</summary>
    public TaskCompletionSource Refused { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServeOptions? Options { get; private set; }

    public BrokerConnectionState State => inner.State;

    public IAsyncEnumerable<BrokerConnectionState> WatchStateAsync(CancellationToken cancellationToken = default) => inner.WatchStateAsync(cancellationToken);

    public ValueTask PublishAsync(string topic, JsonPayload payload, PublishOptions? options = null, CancellationToken cancellationToken = default) =>
        inner.PublishAsync(topic, payload, options, cancellationToken);

    public ValueTask<IBrokerSubscription> SubscribeAsync(
        string pattern,
        Func<BrokerMessage, CancellationToken, ValueTask> handler,
        SubscribeOptions? options = null,
        CancellationToken cancellationToken = default) => inner.SubscribeAsync(pattern, handler, options, cancellationToken);

    public IAsyncEnumerable<BrokerReply> RequestStreamAsync(
        string action,
        JsonPayload payload,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default) => inner.RequestStreamAsync(action, payload, options, cancellationToken);

    public async ValueTask<IBrokerWorker> ServeAsync(
        IReadOnlyCollection<string> actions,
        BrokerActionHandler handler,
        ServeOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        if (_refusals.TryDequeue(out var refusal))
        {
            Refused.TrySetResult();
            throw refusal;
        }

        Options = options;
        var worker = new ObservedWorker(await inner.ServeAsync(actions, handler, options, cancellationToken));
        Served.TrySetResult(worker);
        return worker;
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
