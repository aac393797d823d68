namespace Promethean.Mongo.Embedded.Storage.Memory;

/// <summary>Keeps everything in memory. A view is one reference; a write builds the next state beside the present one and publishes it.</summary>
internal sealed class MemoryEngine : IStorageEngine
{
    private readonly SemaphoreSlim _writer = new(1, 1);
    private volatile MemoryState _state = MemoryState.Empty;
    private long _lastId;

    public string Place => "memory";

    public IReadView OpenView() => new MemoryView(_state);

    public async ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, T> work, CancellationToken cancellationToken = default)
    {
        await _writer.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var transaction = new MemoryTransaction(_state, () => ++_lastId);
            try
            {
                var result = work(transaction);
                _state = transaction.ToState();
                return result;
            }
            catch
            {
                transaction.Undo();
                throw;
            }
        }
        finally
        {
            _writer.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _writer.Dispose();
        return ValueTask.CompletedTask;
    }
}
