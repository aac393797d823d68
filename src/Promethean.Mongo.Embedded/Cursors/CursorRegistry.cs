using System.Collections.Concurrent;
using Promethean.Mongo.Embedded.ChangeStreams;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Cursors;

/// <summary>The cursors that have more to give. One that lies unused longer than the timeout is closed. Safe for any number of threads.</summary>
internal sealed class CursorRegistry(TimeProvider time, TimeSpan timeout) : IDisposable
{
    private readonly ConcurrentDictionary<long, ServerCursor> _cursors = new();
    private long _lastId = (time.GetUtcNow().ToUnixTimeMilliseconds() << 20) & long.MaxValue;

    /// <summary>How long a cursor may lie unused.</summary>
    public TimeSpan Timeout => timeout;

    public int Count => _cursors.Count;

    /// <summary>Keeps a cursor for later batches and gives it an id.</summary>
    public void Add(ServerCursor cursor)
    {
        cursor.Id = Interlocked.Increment(ref _lastId);
        cursor.LastUse = time.GetTimestamp();
        _cursors[cursor.Id] = cursor;
    }

    /// <summary>An open cursor, or null.</summary>
    public ServerCursor? Find(long id) => _cursors.GetValueOrDefault(id);

    /// <summary>Takes a cursor for one batch, to be given back by <see cref="GiveBack"/> or <see cref="Kill"/>.</summary>
    /// <exception cref="MongoCommandFailedException">Code 43: no such cursor; code 17: another command is using it.</exception>
    public ServerCursor Take(long id)
    {
        if (!_cursors.TryGetValue(id, out var cursor) || IsOverdue(cursor))
            throw new MongoCommandFailedException(MongoErrorCode.CursorNotFound, $"cursor id {id} not found");
        return cursor.TryEnter() ? cursor : throw new MongoCommandFailedException(12051, "CursorInUse", $"cursor id {id} is already in use");
    }

    public void GiveBack(ServerCursor cursor)
    {
        cursor.LastUse = time.GetTimestamp();
        cursor.Leave();
        // It may have been killed while it was out.
        if (!_cursors.ContainsKey(cursor.Id)) cursor.Dispose();
    }

    /// <summary>Closes a cursor; returns whether it was there. One that is in use is closed when it is given back.</summary>
    public bool Kill(long id)
    {
        if (!_cursors.TryRemove(id, out var cursor)) return false;
        if (cursor.TryEnter()) cursor.Dispose();
        else if (cursor.Source is ChangeStreamSource stream) stream.Kill();
        return true;
    }

    /// <summary>Closes a cursor that its holder has taken and finished.</summary>
    public void Remove(ServerCursor cursor)
    {
        _cursors.TryRemove(cursor.Id, out _);
        cursor.Dispose();
    }

    /// <summary>Closes the cursors of a session, or of one of its transactions.</summary>
    public void KillOf(Guid session, long? transactionNumber = null)
    {
        foreach (var (id, cursor) in _cursors)
        {
            if (cursor.Session == session && (transactionNumber is null || cursor.TransactionNumber == transactionNumber)) Kill(id);
        }
    }

    /// <summary>Closes the cursors that lie unused too long.</summary>
    public void Sweep()
    {
        foreach (var (id, cursor) in _cursors)
        {
            if (IsOverdue(cursor) && !cursor.IsBusy) Kill(id);
        }
    }

    public void Dispose()
    {
        foreach (var id in _cursors.Keys) Kill(id);
    }

    private bool IsOverdue(ServerCursor cursor) => cursor.TimesOut && time.GetElapsedTime(cursor.LastUse) > timeout;
}
