using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>
/// Keeps everything in one SQLite file in WAL mode. One writer at a time takes whatever work waits, runs it in one SQLite transaction,
/// and completes all of it once that is committed and synced (group commit). Whoever brings work while nobody writes is the writer:
/// no other thread has to wake for it. Each view reads on a connection of its own and sees the last commit; it never waits for the writer.
/// </summary>
internal sealed class SqliteEngine : IStorageEngine
{
    private const int MaxWaitingWork = 1024;
    private const int MaxGroup = 256;
    private const int MaxIdleReaders = 8;

    private readonly DataDirectory _directory;
    private readonly SqliteTransaction _transaction;
    private readonly ConcurrentQueue<SqliteWork> _work = [];
    private readonly List<SqliteWork> _group = [];
    private readonly SemaphoreSlim _room = new(MaxWaitingWork, MaxWaitingWork);
    private readonly ConcurrentBag<SqliteHandle> _idleReaders = [];
    private volatile Catalogue _catalogue;
    private int _idleReaderCount;
    private int _writing;
    private volatile bool _closed;
    private int _disposed;

    private SqliteEngine(DataDirectory directory)
    {
        _directory = directory;
        var handle = new SqliteHandle(directory.File, raw.SQLITE_OPEN_READWRITE);
        // FULL syncs the log at every commit: an acknowledged write survives the machine's fall, not only the process's.
        handle.Execute("PRAGMA synchronous = FULL");
        handle.Execute("PRAGMA wal_autocheckpoint = 2000");
        handle.Execute("PRAGMA cache_size = -16000");
        // Format 2 has an oplog: a version that knows only format 1 would write past it.
        if (handle.Read("PRAGMA user_version") < DataDirectory.Format) handle.Execute($"PRAGMA user_version = {DataDirectory.Format}");
        _catalogue = SqliteTables.ReadCatalogue(handle);
        _transaction = new SqliteTransaction(handle, _catalogue);
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
            return await RunAsync(new SqliteWork<T>(work, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            _room.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        // Work that was begun before is in front of this; what comes after it finds the engine closed.
        var last = new SqliteWork<bool>(_ => _closed = true, CancellationToken.None);
        await ((Task)RunAsync(last)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closed = true;
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

    private Task<T> RunAsync<T>(SqliteWork<T> work)
    {
        _work.Enqueue(work);
        if (TryBecomeWriter()) Write();
        return work.Completion;
    }

    private bool TryBecomeWriter() => Interlocked.CompareExchange(ref _writing, 1, 0) == 0;

    // For the writer alone. After one group, in which its own work was, a thread of the pool goes on for it.
    private void Write()
    {
        WriteGroup();
        if (_work.IsEmpty)
        {
            Interlocked.Exchange(ref _writing, 0);
            // Whoever brought work since that look found a writer at it, and left.
            if (_work.IsEmpty || !TryBecomeWriter()) return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static engine => engine.Write(), this, preferLocal: false);
    }

    private void WriteGroup()
    {
        if (!_work.TryDequeue(out var first)) return;
        if (_closed)
        {
            first.Fail(new ObjectDisposedException(nameof(SqliteEngine)));
            return;
        }

        _group.Add(first);
        WriteGroup(_group);
        _group.Clear();
    }

    private void WriteGroup(List<SqliteWork> group)
    {
        try
        {
            _transaction.Begin();
            for (var i = 0; i < group.Count; i++)
            {
                group[i].Run(_transaction);
                if (group.Count < MaxGroup && !_closed && _work.TryDequeue(out var next)) group.Add(next);
            }

            _catalogue = _transaction.Commit();
        }
        catch (Exception failure)
        {
            var told = StorageFailure.Writing(Place, failure);
            try
            {
                _transaction.Rollback();
            }
            catch (SqliteException)
            {
                // A connection that cannot go back must not go on: what it would write next is not known.
                _closed = true;
            }

            foreach (var work in group) work.Fail(told);
            return;
        }

        foreach (var work in group) work.Succeed();
    }
}
