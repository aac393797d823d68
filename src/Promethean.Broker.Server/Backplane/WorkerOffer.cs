using System.Runtime.CompilerServices;

namespace Promethean.Broker.Server;

/// <summary>A worker's registration at the backplane, with the actions and the credit it had when it was made.</summary>
internal sealed class WorkerOffer(RelayedWorker worker, ReadyPayload ready, BackplaneLink backplane)
{
    // Long against the way of a last answer to the backplane.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IBrokerWorker? _registration;
    private int _running;

    /// <summary>Whether it says the same as another <c>ready</c>.</summary>
    public bool IsFor(ReadyPayload other) =>
        ready.Credit == other.Credit && ready.Actions.ToHashSet().SetEquals(other.Actions) && ready.Models.ToHashSet().SetEquals(other.Models);

    /// <summary>Completes when the backplane has acknowledged; what it gives waits for <see cref="Begin"/>.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken) =>
        _registration = await backplane.Client.ServeAsync(
            [.. ready.Actions.Distinct()], ServeAsync, new() { Concurrency = ready.Credit, Models = [.. ready.Models] }, cancellationToken).ConfigureAwait(false);

    /// <summary>The client has been told that it is registered.</summary>
    public void Begin() => _begun.TrySetResult();

    /// <summary>Ends it when nothing has run by it for a while: ending it sooner would cancel that.</summary>
    public async Task EndWhenIdleAsync()
    {
        do
        {
            await Task.Delay(Rest, backplane.Time).ConfigureAwait(false);
        }
        while (Volatile.Read(ref _running) > 0);
        await EndAsync().ConfigureAwait(false);
    }

    /// <summary>Ends it now: the backplane gives nothing more by it, and only then cancels what runs. Completes when all that has been done.</summary>
    public async Task EndAsync()
    {
        Begin();
        // Off the thread and out of the lock of whoever ends it.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            if (_registration is not null)
            {
                await _registration.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            backplane.Failed(e);
        }
    }

    private IAsyncEnumerable<BrokerReply> ServeAsync(BrokerRequest request, CancellationToken cancellationToken) =>
        ServeAsync(worker.Begin(request), cancellationToken);

    private async IAsyncEnumerable<BrokerReply> ServeAsync(RelayedTask task, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await _begun.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            await foreach (var reply in worker.ServeAsync(task, cancellationToken).ConfigureAwait(false))
            {
                yield return reply;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
