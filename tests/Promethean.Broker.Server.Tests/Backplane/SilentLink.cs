using System.Runtime.CompilerServices;

namespace Promethean.Broker.Server.Tests;

/// <summary>A client that stays connected while its broker may stand still.</summary>
internal sealed class SilentLink(Testing.InMemoryBrokerClient inner) : IBrokerClient, IBrokerQueue
{
    private readonly TaskCompletionSource _disposing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether requests are answered by nothing at all.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Whether its disposal waits for <see cref="LetGo"/>.</summary>
    public bool HoldsOn { get; init; }

    public Task Disposing => _disposing.Task;

    public BrokerConnectionState State => inner.State;

    public void LetGo() => _mayEnd.SetResult();

    public IAsyncEnumerable<BrokerConnectionState> WatchStateAsync(CancellationToken cancellationToken = default) => inner.WatchStateAsync(cancellationToken);

    public ValueTask PublishAsync(string topic, JsonPayload payload, PublishOptions? options = null, CancellationToken cancellationToken = default) =>
        inner.PublishAsync(topic, payload, options, cancellationToken);

    public ValueTask<IBrokerSubscription> SubscribeAsync(
        string pattern, Func<BrokerMessage, CancellationToken, ValueTask> handler, SubscribeOptions? options = null, CancellationToken cancellationToken = default) =>
        inner.SubscribeAsync(pattern, handler, options, cancellationToken);

    public async IAsyncEnumerable<BrokerReply> RequestStreamAsync(
        string action, JsonPayload payload, RequestOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (IsSilent)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        await foreach (var reply in inner.RequestStreamAsync(action, payload, options, cancellationToken))
        {
            yield return reply;
        }
    }

    public ValueTask<IBrokerWorker> ServeAsync(
        IReadOnlyCollection<string> actions, BrokerActionHandler handler, ServeOptions? options = null, CancellationToken cancellationToken = default) =>
        inner.ServeAsync(actions, handler, options, cancellationToken);

    public ValueTask<EnqueueResult> EnqueueAsync(string queue, JsonPayload payload, EnqueueOptions? options = null, CancellationToken cancellationToken = default) =>
        inner.EnqueueAsync(queue, payload, options, cancellationToken);

    public ValueTask<IQueueConsumer> ConsumeAsync(
        string queue, Func<IQueueDelivery, CancellationToken, ValueTask> handler, ConsumeOptions? options = null, CancellationToken cancellationToken = default) =>
        inner.ConsumeAsync(queue, handler, options, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _disposing.TrySetResult();
        if (HoldsOn)
        {
            await _mayEnd.Task;
        }

        await inner.DisposeAsync();
    }
}
