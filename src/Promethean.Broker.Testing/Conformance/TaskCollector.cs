using System.Threading.Channels;

namespace Promethean.Broker.Testing;

/// <summary>A handler of tasks that keeps what it is given, and lets a case wait for the next.</summary>
internal sealed class TaskCollector(CancellationToken guard)
{
    private readonly Channel<IQueueDelivery> _taken = Channel.CreateBounded<IQueueDelivery>(4096);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Deliveries not yet taken out.</summary>
    public int Count => _taken.Reader.Count;

    /// <summary>Ends when the token of a handler that holds has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Returns at once, which acknowledges.</summary>
    public ValueTask TakeAsync(IQueueDelivery delivery, CancellationToken cancellationToken) => _taken.Writer.WriteAsync(delivery, cancellationToken);

    /// <summary>Stays until its token ends, as its token then says.</summary>
    public async ValueTask HoldAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
    {
        await _taken.Writer.WriteAsync(delivery, cancellationToken).ConfigureAwait(false);
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await never.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    public async Task<IQueueDelivery> NextAsync()
    {
        try
        {
            return await _taken.Reader.ReadAsync(guard).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw new ConformanceException("Waited in vain for a task.", e);
        }
    }

    /// <summary>The numbers of the next tasks.</summary>
    public async Task<int[]> NextNumbersAsync(int count)
    {
        var numbers = new int[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] = QueueStage.Number(await NextAsync().ConfigureAwait(false));
        }

        return numbers;
    }
}
