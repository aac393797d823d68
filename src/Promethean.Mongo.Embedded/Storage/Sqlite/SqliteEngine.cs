using System.Collections.Concurrent;
using SQLitePCL;

namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>
/// Keeps everything in one SQLite file in WAL mode. All writing happens on one thread of its own: it takes whatever work waits,
/// runs it in one SQLite transaction, and completes all of it once that is committed and synced (group commit). Each view reads on
/// a connection of its own and sees the last commit; it never waits for the writer.
/// </summary>
internal sealed class SqliteEngine : IStorageEngine
{
    private const int MaxWaitingWork = 1024;
    private const int MaxGroup = 256;
    private const int MaxIdleReaders = 8;

    private readonly DataDirectory _directory;
    private readonly SqliteTransaction _transaction;
    private readonly Thread _writer;
    private readonly BlockingCollection<SqliteWork> _work = [];
    private readonly SemaphoreSlim _room = new(MaxWaitingWork, MaxWaitingWork);
    private readonly ConcurrentBag<SqliteHandle> _idleReaders = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Catalogue _catalogue;
    private int _idleReaderCount;
    private int _disposed;

    private SqliteEngine(DataDirectory directory)
    {
        _directory = directory;
        var handle = new SqliteHandle(directory.File, raw.SQLITE_OPEN_READWRITE);
        // FULL syncs the log at every commit: an acknowledged write survives the machine's fall, not only the process's.
        handle.Execute("PRAGMA synchronous = FULL");
        handle.Execute("PRAGMA wal_autocheckpoint = 2000");
        handle.Execute("PRAGMA cache_size = -16000");
        _catalogue = SqliteTables.ReadCatalogue(handle);
        _transaction = new SqliteTransaction(handle, _catalogue);
        _writer = new Thread(Write) { IsBackground = true, Name = "Promethean.Mongo.Embedded writer" };
        _writer.Start();
    }

    public string Place => _directory.File;

    /// <summary>Opens the database file of a directory, which is made if absent.</summary>
    /// <exception cref="DataFileException">The directory is in use, or the file cannot be read.</exception>
    public static SqliteEngine Open(string directory, bool checkIntegrity)
    {
        var held = DataDirectory.Open(directory, checkIntegrity);
        try
        {
            return new SqliteEngine(held);
        }
        catch (Exception failure)
        {
            held.Dispose();
            throw StorageFailure.Opening(held.File, failure);
        }
    }

    public IReadView OpenView()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (_idleReaders.TryTake(out var handle)) Interlocked.Decrement(ref _idleReaderCount);
        else handle = new SqliteHandle(_directory.File, raw.SQLITE_OPEN_READONLY);
        var wait = default(SpinWait);
        while (true)
        {
            var catalogue = _catalogue;
            handle.Execute("BEGIN");
            if (handle.Read(SqliteTables.CatalogueVersion) == catalogue.Version) return new SqliteView(handle, catalogue, GiveBack);
            // The writer has committed a new catalogue and is just about to publish it.
            handle.Execute("ROLLBACK");
            wait.SpinOnce();
        }
    }

    public async ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, T> work, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var waiting = new SqliteWork<T>(work, cancellationToken);
            _work.Add(waiting, CancellationToken.None);
            return await waiting.Completion.ConfigureAwait(false);
        }
        catch (InvalidOperationException) when (_work.IsAddingCompleted)
        {
            throw new ObjectDisposedException(nameof(SqliteEngine));
        }
        finally
        {
            _room.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _work.CompleteAdding();
        await _stopped.Task.ConfigureAwait(false);
        while (_idleReaders.TryTake(out var handle)) handle.Dispose();
        _transaction.Dispose();
        _directory.Dispose();
    }

    private void GiveBack(SqliteHandle handle)
    {
        handle.Execute("ROLLBACK");
        if (_disposed == 0 && Interlocked.Increment(ref _idleReaderCount) <= MaxIdleReaders)
        {
            _idleReaders.Add(handle);
            return;
        }

        Interlocked.Decrement(ref _idleReaderCount);
        handle.Dispose();
    }

    private void Write()
    {
        var group = new List<SqliteWork>();
        foreach (var first in _work.GetConsumingEnumerable())
        {
            group.Add(first);
            WriteGroup(group);
            group.Clear();
        }

        _stopped.SetResult();
    }

    private void WriteGroup(List<SqliteWork> group)
    {
        try
        {
            _transaction.Begin();
            for (var i = 0; i < group.Count; i++)
            {
                group[i].Run(_transaction);
                if (group.Count < MaxGroup && _work.TryTake(out var next)) group.Add(next);
            }

            _catalogue = _transaction.Commit();
        }
        catch (Exception failure)
        {
            _transaction.Rollback();
            var told = StorageFailure.Writing(Place, failure);
            foreach (var work in group) work.Fail(told);
            return;
        }

        foreach (var work in group) work.Succeed();
    }
}
