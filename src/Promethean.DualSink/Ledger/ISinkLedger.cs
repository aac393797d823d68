using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.DualSink;

/// <summary>The documents, and what they say of their vectors: every step of the sink that goes to MongoDB.</summary>
internal interface ISinkLedger
{
    /// <summary>Makes ready for searching; called before each reconciliation.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Changes a document, inserting it when it is not there, and notes which vector it wants.</summary>
    /// <returns>What the document said before; null when it said nothing.</returns>
    Task<SinkState?> IntendAsync(string key, UpdateDefinition<BsonDocument> update, string want, CancellationToken cancellationToken);

    /// <summary>Notes another wanted vector, if the document still wants the one before.</summary>
    Task<bool> IntendInsteadAsync(string key, string? before, string want, CancellationToken cancellationToken);

    /// <summary>Notes that the wanted vector is there, if it is still the wanted one.</summary>
    Task<bool> SettleAsync(string key, string want, CancellationToken cancellationToken);

    /// <summary>Notes that the wanted vector could not be written; null stands for a delete.</summary>
    Task NoteFailureAsync(string key, string? want, string error, int tries, CancellationToken cancellationToken);

    /// <summary>Notes that the document's vector must be looked at again.</summary>
    Task ReopenAsync(string key, CancellationToken cancellationToken);

    /// <summary>Notes that the document has no vector, if it still wants the one before.</summary>
    Task<bool> ForgetAsync(string key, string? before, CancellationToken cancellationToken);

    /// <summary>Marks a document as being deleted; false when there is none.</summary>
    Task<bool> IntendDeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>Removes a document, if it is still marked.</summary>
    Task<bool> RemoveAsync(string key, CancellationToken cancellationToken);

    /// <summary>Reads a document and what it says; the state is null when it says nothing.</summary>
    Task<(BsonDocument Document, SinkState? State)?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>The keys of unfinished writes and deletes.</summary>
    IAsyncEnumerable<string> PendingAsync(int batch, CancellationToken cancellationToken);

    /// <summary>What every document of the sink says, some at a time, ordered by key.</summary>
    IAsyncEnumerable<IReadOnlyList<KeyValuePair<string, SinkState>>> AllAsync(int batch, CancellationToken cancellationToken);

    /// <summary>Which of the keys belong to documents of the sink.</summary>
    Task<IReadOnlySet<string>> KnownAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);
}
