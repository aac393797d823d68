using System.Collections.Concurrent;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Transactions;

namespace Promethean.Mongo.Embedded.Sessions;

/// <summary>The sessions clients use now. One that lies unused longer than the timeout is forgotten. Safe for any number of threads.</summary>
internal sealed class SessionRegistry(TimeProvider time, TimeSpan timeout)
{
    /// <summary>MongoDB's limit.</summary>
    private const int MaxSessions = 1_000_000;

    private readonly ConcurrentDictionary<Guid, ServerSession> _sessions = new();

    public TimeSpan Timeout => timeout;

    public int Count => _sessions.Count;

    /// <summary>The session a command names by <c>lsid</c>, begun if it is new.</summary>
    public ServerSession Use(BsonValue lsid) => Use(IdOf(lsid));

    public ServerSession Use(Guid id)
    {
        if (!_sessions.TryGetValue(id, out var session))
        {
            if (_sessions.Count >= MaxSessions) throw new MongoCommandFailedException(MongoErrorCode.TooManyLogicalSessions, "cannot add session into the cache");
            session = _sessions.GetOrAdd(id, static added => new ServerSession(added));
        }

        session.LastUse = time.GetTimestamp();
        return session;
    }

    /// <summary>The sessions there are.</summary>
    public IReadOnlyList<Guid> Ids => [.. _sessions.Keys];

    /// <summary>The transactions that go on.</summary>
    public IEnumerable<MultiDocumentTransaction> OpenTransactions => _sessions.Values.Select(session => session.Open).OfType<MultiDocumentTransaction>();

    /// <summary>A session if it is there.</summary>
    public ServerSession? Find(Guid id) => _sessions.GetValueOrDefault(id);

    /// <summary>Ends a session and its transaction.</summary>
    public void End(Guid id)
    {
        if (_sessions.TryRemove(id, out var session)) session.Open?.Abort();
    }

    /// <summary>Ends the sessions that lie unused too long and returns their ids.</summary>
    public IReadOnlyList<Guid> Sweep()
    {
        var ended = new List<Guid>();
        foreach (var (id, session) in _sessions)
        {
            if (time.GetElapsedTime(session.LastUse) > timeout && _sessions.TryRemove(id, out _))
            {
                session.Open?.Abort();
                ended.Add(id);
            }
        }

        return ended;
    }

    /// <summary>The id in an <c>lsid</c> document.</summary>
    public static Guid IdOf(BsonValue lsid) =>
        lsid is BsonDocument document && document.TryGetValue("id", out var id) && id is BsonBinaryData { SubType: BsonBinarySubType.UuidStandard } uuid
            ? uuid.ToGuid(GuidRepresentation.Standard)
            : throw MongoCommandFailedException.TypeMismatch("BSON field 'lsid.id' must be a UUID");
}
