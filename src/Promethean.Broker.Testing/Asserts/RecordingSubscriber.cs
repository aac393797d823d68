using System.Text.Json.Serialization.Metadata;

namespace Promethean.Broker.Testing;

/// <summary>A handler that keeps what it is given: pass <see cref="HandleAsync"/> to a subscription of any
/// <see cref="IBrokerClient"/>.</summary>
/// <remarks>May be shared by several subscriptions and read from any thread while it records. A payload that cannot be read is an
/// error of its handler, as for any other, and is not recorded.</remarks>
/// <typeparam name="T">The payload's type.</typeparam>
/// <param name="type">The payload's contract.</param>
/// <param name="time">The clock of <see cref="RecordedMessage{T}.ReceivedAt"/>; the system's where left out.</param>
public sealed class RecordingSubscriber<T>(JsonTypeInfo<T> type, TimeProvider? time = null)
{
    private readonly Lock _gate = new();
    private readonly List<RecordedMessage<T>> _messages = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waits = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _messages.Count;
            }
        }
    }

    /// <summary>What there is, in the order in which it came.</summary>
    public IReadOnlyList<RecordedMessage<T>> Messages
    {
        get
        {
            lock (_gate)
            {
                return [.. _messages];
            }
        }
    }

    /// <summary>The payloads alone.</summary>
    public IReadOnlyList<T> Payloads => [.. Messages.Select(message => message.Message.Payload)];

    /// <summary>Records a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Not needed.</param>
    public ValueTask HandleAsync(BrokerMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var typed = new BrokerMessage<T>(message.Id, message.Topic, message.Timestamp, message.Payload.Read(type)!, message.Headers);
        List<TaskCompletionSource> reached;
        lock (_gate)
        {
            _messages.Add(new(_messages.Count + 1, (time ?? TimeProvider.System).GetUtcNow(), typed));
            reached = [.. _waits.Where(wait => wait.Count <= _messages.Count).Select(wait => wait.Reached)];
            _waits.RemoveAll(wait => wait.Count <= _messages.Count);
        }

        reached.ForEach(wait => wait.TrySetResult());
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends when so many have been recorded.</summary>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task WaitForAsync(int count, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_messages.Count >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((count, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }
}
