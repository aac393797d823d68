using System.Collections.Concurrent;

namespace Promethean.Broker.Testing;

/// <summary>Where a case's handlers wait until it opens; it keeps the numbers that came through.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<int> _passed = new();

    /// <summary>Ends when the first handler waits.</summary>
    public Task Entered => _entered.Task;

    /// <summary>The numbers of what came through, in order.</summary>
    public int[] Passed => [.. _passed];

    public void Open() => _open.TrySetResult();

    public async ValueTask PassAsync(BrokerMessage message, CancellationToken cancellationToken) =>
        await PassAsync(ConformanceStage.Number(message.Payload), cancellationToken).ConfigureAwait(false);

    public async Task PassAsync(int number, CancellationToken cancellationToken)
    {
        _entered.TrySetResult();
        await _open.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        _passed.Enqueue(number);
    }
}
