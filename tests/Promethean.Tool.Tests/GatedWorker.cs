using System.Runtime.CompilerServices;
using Promethean.Broker;

namespace Promethean.Tool.Tests;

/// <summary>A worker that tells when it has begun, says so to its caller, and ends when the test lets it.</summary>
internal sealed class GatedWorker : IAsyncDisposable
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Started => _started.Task;

    /// <summary>Completes when its caller does not wait any more.</summary>
    public Task Cancelled => _cancelled.Task;

    public void MayEnd() => _mayEnd.TrySetResult();

    public async IAsyncEnumerable<BrokerReply> ServeAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _started.TrySetResult();
        yield return new("progress", JsonPayload.Parse("""{"percent":50}"""), IsFinal: false);
        try
        {
            await _mayEnd.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _cancelled.TrySetResult();
            throw;
        }

        yield return new("done", JsonPayload.Parse($$"""{"asked":{{request.Payload}}}"""), IsFinal: true);
    }

    public ValueTask DisposeAsync()
    {
        MayEnd();
        return ValueTask.CompletedTask;
    }
}
