using Microsoft.Extensions.AI;

namespace Promethean.Workers;

/// <summary>A model's updates, which can also be left while the model is deaf to its cancellation.</summary>
internal sealed class ModelStream(IAsyncEnumerator<ChatResponseUpdate> updates) : IAsyncDisposable
{
    private Task<bool> _move = Task.FromResult(false);

    public ChatResponseUpdate Current => updates.Current;

    public Task<bool> MoveNextAsync() => _move = updates.MoveNextAsync().AsTask();

    // An enumerator may not be disposed while it moves: then its end does it, whenever that comes.
    public async ValueTask DisposeAsync()
    {
        if (_move.IsCompleted) await updates.DisposeAsync().ConfigureAwait(false);
        else _ = _move.ContinueWith(_ => updates.DisposeAsync().AsTask(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Unwrap();
    }
}
