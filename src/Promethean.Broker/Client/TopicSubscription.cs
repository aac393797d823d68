using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker;

/// <summary>A subscription's buffer and the one loop that calls its handler.</summary>
internal sealed class TopicSubscription : IBrokerSubscription
{
    private readonly Func<BrokerMessage, CancellationToken, ValueTask> _handler;
    private readonly Func<TopicSubscription, Task> _end;
    private readonly ILogger _logger;
    private readonly Channel<BrokerMessage> _waiting;
    private readonly CancellationTokenSource _stop = new();
    private long _dropped;
    private int _pending;

    public TopicSubscription(
        string pattern,
        Func<BrokerMessage, CancellationToken, ValueTask> handler,
        SubscribeOptions options,
        Func<TopicSubscription, Task> end,
        ILogger logger)
    {
        Pattern = pattern;
        _handler = handler;
        _end = end;
        _logger = logger;
        _waiting = Channel.CreateBounded<BrokerMessage>(
            new BoundedChannelOptions(options.Capacity)
            {
                FullMode = options.Overflow == BrokerOverflow.DropOldest ? BoundedChannelFullMode.DropOldest : BoundedChannelFullMode.DropWrite,
                SingleReader = true,
            },
            _ => CountDropped());
        Completion = Task.Run(DeliverAsync);
    }

    public string Pattern { get; }

    public Task Completion { get; }

    public long Dropped => Interlocked.Read(ref _dropped);

    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Takes a message into the buffer; never blocks.</summary>
    public void Offer(BrokerMessage message)
    {
        Interlocked.Increment(ref _pending);
        if (!_waiting.Writer.TryWrite(message))
        {
            // Ended: what arrives now was never promised.
            Interlocked.Decrement(ref _pending);
        }
    }

    public async ValueTask DrainAsync(CancellationToken cancellationToken = default)
    {
        await _end(this).ConfigureAwait(false);
        _waiting.Writer.TryComplete();
        if (!CurrentHandler.IsOf(this))
        {
            await Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _end(this).ConfigureAwait(false);
        if (!CurrentHandler.IsOf(this))
        {
            await Completion.ConfigureAwait(false);
        }
    }

    /// <summary>Ends delivery without telling the broker and without waiting for the handler that runs.</summary>
    public Task StopAsync()
    {
        _waiting.Writer.TryComplete();
        return _stop.CancelAsync();
    }

    private void CountDropped()
    {
        Interlocked.Increment(ref _dropped);
        Interlocked.Decrement(ref _pending);
        BrokerDiagnostics.Dropped.Add(1);
    }

    private async Task DeliverAsync()
    {
        CurrentHandler.BelongsTo(this);
        await foreach (var message in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (!_stop.IsCancellationRequested)
            {
                await HandleAsync(message).ConfigureAwait(false);
            }

            Interlocked.Decrement(ref _pending);
        }
    }

    private async Task HandleAsync(BrokerMessage message)
    {
        message.Headers.TryGetValue("traceparent", out var traceParent);
        using var activity = BrokerDiagnostics.Follow("process " + message.Topic, ActivityKind.Consumer, traceParent);
        BrokerDiagnostics.Consumed.Add(1);
        try
        {
            await _handler(message, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The subscription ended under the handler, as its token told it.
        }
        catch (Exception e)
        {
            BrokerDiagnostics.HandlerErrors.Add(1);
            activity?.SetStatus(ActivityStatusCode.Error);
            Log.HandlerFailed(_logger, Pattern, message.Id, e);
        }
    }
}
