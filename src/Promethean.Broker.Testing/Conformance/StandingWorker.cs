using System.Runtime.CompilerServices;

namespace Promethean.Broker.Testing;

/// <summary>A handler that sends one event and then stands until its token ends.</summary>
internal sealed class StandingWorker
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the handler runs.</summary>
    public Task Started => _started.Task;

    /// <summary>Ends when the handler's token has ended.</summary>
    public Task Cancelled => _cancelled.Task;

    public async IAsyncEnumerable<BrokerReply> ServeAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return ConformanceStage.Partial(ConformanceStage.Number(request.Payload));
        _started.TrySetResult();
        await StandAsync(cancellationToken).ConfigureAwait(false);
        yield return ConformanceStage.Final(0);
    }

    private async Task StandAsync(CancellationToken cancellationToken)
    {
        try
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _cancelled.TrySetResult();
        }
    }
}
