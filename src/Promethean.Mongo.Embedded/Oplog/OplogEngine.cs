using Promethean.Mongo.Embedded.Sessions;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Oplog;

/// <summary>
/// Storage with an oplog: each transaction is committed together with its entries, and whoever waits for changes is woken by the
/// commit. Safe for any number of threads.
/// </summary>
internal sealed class OplogEngine : IStorageEngine
{
    private readonly IStorageEngine _inner;
    private readonly OplogWriter _writer;
    private readonly ClusterClock _clock;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OplogEngine(IStorageEngine inner, OplogWriter writer, ClusterClock clock)
    {
        _inner = inner;
        _writer = writer;
        _clock = clock;
    }

    public string Place => _inner.Place;

    /// <summary>Ends with the next commit that changes something.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Opens the log of a storage engine, which belongs to the result from then on, and sets the clock after it.</summary>
    public static async Task<OplogEngine> OpenAsync(IStorageEngine inner, ClusterClock clock, TimeProvider time, OplogLimits limits)
    {
        var writer = new OplogWriter(clock, time, limits);
        await inner.WriteAsync(transaction =>
        {
            writer.Open(transaction);
            return 0;
        }).ConfigureAwait(false);
        return new OplogEngine(inner, writer, clock);
    }

    public IReadView OpenView() => _inner.OpenView();

    public ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, T> work, CancellationToken cancellationToken = default) => WriteAsync(work, null, cancellationToken);

    /// <summary>The same for the changes of a multi-document transaction: they share a cluster time.</summary>
    public async ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, T> work, WriteOrigin? origin, CancellationToken cancellationToken = default)
    {
        var last = 0L;
        var committed = false;
        try
        {
            var result = await _inner.WriteAsync(
                transaction =>
                {
                    var noted = new OplogTransaction(transaction, _writer, _clock, origin);
                    try
                    {
                        var done = work(noted);
                        noted.Complete();
                        return done;
                    }
                    finally
                    {
                        last = noted.Last;
                    }
                },
                cancellationToken).ConfigureAwait(false);
            committed = true;
            return result;
        }
        finally
        {
            if (last != 0)
            {
                _clock.Settle(last, committed);
                if (committed) Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            }
        }
    }

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
