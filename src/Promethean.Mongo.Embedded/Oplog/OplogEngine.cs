using Promethean.Mongo.Embedded.Sessions;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Transactions;

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

    /// <summary>What open transactions have written.</summary>
    public WriteIntents Intents { get; } = new();

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

    /// <summary>Reminds sessions of what they have written up to some time before now, as far as the log still tells.</summary>
    public void Restore(SessionRegistry sessions, DateTimeOffset since)
    {
        using var view = OpenView();
        foreach (var record in OplogReader.Backward(view))
        {
            if (record.WallTime.MillisecondsSinceEpoch < since.ToUnixTimeMilliseconds()) break;
            if (record.Origin is { } origin) sessions.Use(origin.Session).Restore(origin.Number, origin.IsTransaction, record.Results);
        }
    }

    public IReadView OpenView() => _inner.OpenView();

    public ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, T> work, CancellationToken cancellationToken = default) => WriteAsync(work, null, cancellationToken);

    /// <summary>
    /// The same for the changes of a multi-document transaction: they share a cluster time. A write that meets what another open
    /// transaction has written waits until that one has ended.
    /// </summary>
    public async ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, T> work, MultiDocumentTransaction? committed, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                return await WriteOnceAsync(work, committed, cancellationToken).ConfigureAwait(false);
            }
            catch (WriteBlockedException blocked)
            {
                await blocked.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private async ValueTask<T> WriteOnceAsync<T>(Func<IWriteTransaction, T> work, MultiDocumentTransaction? transaction, CancellationToken cancellationToken)
    {
        var last = 0L;
        var committed = false;
        try
        {
            var result = await _inner.WriteAsync(
                stored =>
                {
                    var noted = new OplogTransaction(stored, _writer, _clock, Intents, transaction);
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
}
