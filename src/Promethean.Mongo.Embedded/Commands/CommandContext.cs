using System.Buffers;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Sessions;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Transactions;
using Promethean.Mongo.Embedded.Validation;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>One command being carried out: what was asked, by whom, and the server it acts on.</summary>
internal sealed class CommandContext(ServerState server, CommandRequest request, ConnectedClient client, CancellationToken stopping)
{
    private static readonly SearchValues<char> NotInDatabaseNames = SearchValues.Create("/\\. \"$\0");

    private ServerSession? _session;
    private Variables? _variables;
    private TimeSpan? _limit;

    public ServerState Server => server;

    public CommandRequest Request => request;

    public string Database => request.Database;

    /// <summary>The connection that the command came over.</summary>
    public ConnectedClient Client => client;

    public int ConnectionId => client.Id;

    public CancellationToken Stopping => stopping;

    public CommandArguments Arguments { get; } = new(request);

    /// <summary>The instant of the command: the same for every document it touches.</summary>
    public DateTimeOffset Now { get; } = server.Time.GetUtcNow();

    public Interruption Interruption { get; private set; } = new(server.Time, null, stopping);

    /// <summary>The session named by <c>lsid</c>, or null.</summary>
    public ServerSession? Session => _session ??= request.Body.TryGetValue("lsid", out var lsid) ? server.Sessions.Use(lsid) : null;

    /// <summary>Notes that the session is still in use.</summary>
    public void KeepSession()
    {
        if (_session is { } session) session.LastUse = server.Time.GetTimestamp();
    }

    /// <summary>The transaction that the command belongs to, or null.</summary>
    public MultiDocumentTransaction? Transaction { get; set; }

    /// <summary>The number of a retryable write, or null.</summary>
    public long? TransactionNumber => Transaction is null && Session is not null && request.Body.TryGetValue("txnNumber", out var number)
        ? number is BsonInt64 { Value: var given } ? given : throw MongoCommandFailedException.TypeMismatch($"BSON field '{request.Name}.txnNumber' is the wrong type, expected type 'long'")
        : null;

    /// <summary>The collection that the command's first field names.</summary>
    public CollectionName Collection => Name(request.Body[0]);

    /// <summary>A collection of this command's database.</summary>
    /// <param name="collection">The name as sent.</param>
    /// <param name="isCursor">Whether names of commands (<c>$cmd.…</c>) are meant too, as a cursor over their results bears them.</param>
    /// <exception cref="MongoCommandFailedException">Code 73: no such name can be.</exception>
    public CollectionName Name(BsonValue collection, bool isCursor = false)
    {
        if (collection is not BsonString { Value: var name })
            throw new MongoCommandFailedException(MongoErrorCode.InvalidNamespace, $"collection name has invalid type {collection.BsonType}");
        return Checked(Database, name, isCursor);
    }

    /// <summary>Reads <c>database.collection</c>.</summary>
    /// <exception cref="MongoCommandFailedException">Code 73: no such name can be.</exception>
    public static CollectionName Namespace(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && dot < name.Length - 1
            ? Checked(name[..dot], name[(dot + 1)..], isCursor: false)
            : throw new MongoCommandFailedException(MongoErrorCode.InvalidNamespace, $"Invalid namespace specified '{name}'");
    }

    /// <summary>Variables for expressions: <c>$$NOW</c> and the command's <c>let</c>.</summary>
    public Variables Variables => _variables ??= Variables.Of(Now, Arguments.OptionalDocument("let"));

    /// <summary>Refuses a command that concerns the whole server unless it is sent to the <c>admin</c> database.</summary>
    public void RequireAdmin()
    {
        if (Database != "admin") throw new MongoCommandFailedException(MongoErrorCode.Unauthorized, $"{request.Name} may only be run against the admin database.");
    }

    /// <summary>Limits the time for the rest of the command.</summary>
    public void LimitTime(TimeSpan limit)
    {
        _limit = limit;
        Interruption = new Interruption(server.Time, limit, stopping);
    }

    /// <summary>How this command's writes are held against the validators of collections.</summary>
    public ValidationPolicy Validation => new(server.Logger, Arguments.Boolean("bypassDocumentValidation"), Variables);

    /// <summary>What the command reads: what is committed now, or what its transaction sees.</summary>
    public IReadView OpenView() => Transaction is { } transaction ? transaction.Overlay : server.Storage.OpenView();

    /// <summary>Runs work as one storage transaction, and returns when it is committed; or as a part of the command's transaction.</summary>
    public async ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, T> work)
    {
        if (Transaction is { } transaction) return work(transaction.Overlay);
        if (TransactionNumber is { } number) Session!.BeginWrite(number);
        if (_limit is not { } limit) return await server.Storage.WriteAsync(work, stopping).ConfigureAwait(false);
        using var timer = new CancellationTokenSource(limit, server.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stopping);
        try
        {
            return await server.Storage.WriteAsync(work, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw new MongoCommandFailedException(MongoErrorCode.MaxTimeMSExpired, "operation exceeded time limit");
        }
    }

    private static CollectionName Checked(string database, string name, bool isCursor)
    {
        if (name.Length == 0 || name.Contains('\0') || name.StartsWith('.') || (name.Contains('$') && !(isCursor && name.StartsWith("$cmd.", StringComparison.Ordinal))))
            throw new MongoCommandFailedException(MongoErrorCode.InvalidNamespace, $"Invalid collection name: '{name}'");
        if (database.Length is 0 or > 63 || database.AsSpan().ContainsAny(NotInDatabaseNames))
            throw new MongoCommandFailedException(MongoErrorCode.InvalidNamespace, $"Invalid database name: '{database}'");
        return new CollectionName(database, name);
    }
}
