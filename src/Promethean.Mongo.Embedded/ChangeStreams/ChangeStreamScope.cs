using Promethean.Mongo.Embedded.Oplog;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.ChangeStreams;

/// <summary>What a stream watches: one collection, the collections of one database, or all.</summary>
/// <param name="Database">The database, or null for all.</param>
/// <param name="Collection">The collection, or null for all of the database.</param>
internal sealed record ChangeStreamScope(string? Database, string? Collection)
{
    /// <summary>The databases that hold what is the server's own; no stream shows them.</summary>
    public static bool IsPrivate(string database) => database is "admin" or "local" or "config" || database.StartsWith('$');

    /// <summary>Whether a change concerns what is watched.</summary>
    public bool Includes(OplogEntry entry)
    {
        if (Database is null) return !IsPrivate(entry.Name.Database) && !IsSystem(entry.Name);
        if (entry.Name.Database != Database) return false;
        if (Collection is null) return !IsSystem(entry.Name);
        return entry.Name.Name == Collection || entry.To?.Name == Collection;
    }

    /// <summary>Whether what is watched is gone with that change, so that the stream ends.</summary>
    public bool EndsWith(OplogEntry entry) => entry.Type switch
    {
        OperationType.Drop or OperationType.Rename => Collection is not null,
        OperationType.DropDatabase => Database is not null,
        _ => false,
    };

    private static bool IsSystem(CollectionName name) => name.Name.StartsWith("system.", StringComparison.Ordinal);
}
