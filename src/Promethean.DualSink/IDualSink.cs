using MongoDB.Bson;
using Promethean.Vectors;

namespace Promethean.DualSink;

/// <summary>Writes documents to MongoDB, which is the truth, and their vectors to a vector collection, which is the search; and mends what a crash left apart.</summary>
/// <remarks>
/// Safe from any thread. Calls for one key take effect in the order they were made, within one process; calls for
/// different keys run side by side. Once a call has returned, no older version of its key is found in either store.
/// </remarks>
public interface IDualSink
{
    /// <summary>The name under which each document keeps the sink's state, <c>sink.&lt;name&gt;</c>.</summary>
    string Name { get; }

    /// <summary>Stores a document's change, then its vector.</summary>
    /// <param name="entry">What to write.</param>
    /// <param name="cancellationToken">Honoured until the document is written; what follows is bounded by the options.</param>
    /// <exception cref="DualSinkException">What could not be done, and whether the document is safe: then reconciliation finishes the work.</exception>
    /// <exception cref="VectorStoreException">The vector can never be stored; nothing was written.</exception>
    ValueTask WriteAsync(DualSinkEntry entry, CancellationToken cancellationToken = default);

    /// <summary>Removes a document and its vector; what is not there is no error.</summary>
    /// <param name="key">The document's <c>_id</c>.</param>
    /// <param name="cancellationToken">Honoured until the document is marked; what follows is bounded by the options.</param>
    /// <exception cref="DualSinkException">What could not be done; once the document is marked, reconciliation finishes the work.</exception>
    ValueTask DeleteAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Compares the two stores key by key and makes them agree, with MongoDB as the truth.</summary>
    /// <param name="project">Makes the vector record of a document, with the document's <c>_id</c> as id; null says that the document has no vector.</param>
    /// <param name="cancellationToken">Ends the work between two keys; running it again continues.</param>
    /// <returns>What was found and done.</returns>
    /// <remarks>May run while others write; it is exact for every key that nobody writes meanwhile.</remarks>
    /// <exception cref="DualSinkException">One of the stores could not be read.</exception>
    ValueTask<DualSinkReport> ReconcileAsync(
        Func<BsonDocument, CancellationToken, ValueTask<VectorRecord?>> project,
        CancellationToken cancellationToken = default);
}
