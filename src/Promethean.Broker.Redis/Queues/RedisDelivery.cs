using System.Globalization;

namespace Promethean.Broker.Redis;

/// <summary>A task that one consumer was given.</summary>
internal sealed class RedisDelivery(QueueTask task, string consumer, QueueDesk desk, TimeProvider time) : IQueueDelivery, IDisposable
{
    private readonly Ending _lost = new();
    private int _settled;

    public QueueTask Task => task;

    public string Consumer => consumer;

    /// <summary>Names this attempt: an earlier one must not settle it.</summary>
    public string Tag { get; } = string.Create(CultureInfo.InvariantCulture, $"{task.Id}#{task.Attempts}");

    public bool IsSettled => Volatile.Read(ref _settled) != 0;

    /// <summary>Ends when Redis has the task back.</summary>
    public CancellationToken Lost => _lost.Token;

    public async ValueTask AckAsync(CancellationToken cancellationToken = default)
    {
        if (IsMineToSettle(cancellationToken))
        {
            await SettleAsync("ack", ["ack"], cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask NackAsync(NackOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Validate();
        if (IsMineToSettle(cancellationToken))
        {
            var reason = options.Reason is { Length: > QueueLimits.MaxReasonLength } longReason ? longReason[..QueueLimits.MaxReasonLength] : options.Reason ?? "";
            await SettleAsync(
                "nack",
                ["nack", QueueDesk.Milliseconds(options.Delay).ToString(CultureInfo.InvariantCulture), options.DeadLetter ? "1" : "0", reason],
                cancellationToken).ConfigureAwait(false);
        }
    }

    public void Lose() => _lost.Begin();

    public void Dispose() => _lost.Dispose();

    private bool IsMineToSettle(CancellationToken cancellationToken)
    {
        // Before anything has left, cancelling leaves the task as it is.
        cancellationToken.ThrowIfCancellationRequested();
        return Interlocked.Exchange(ref _settled, 1) == 0;
    }

    private async Task SettleAsync(string name, string[] how, CancellationToken cancellationToken)
    {
        using var operation = BrokerTelemetry.StartSettle(name, task.Queue, time);
        try
        {
            await desk.SettleAsync(this, how, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerException e)
        {
            operation?.Fail(e);
            throw;
        }
    }
}
