namespace Promethean.Vectors;

/// <summary>A named set of records, each an id, a vector, and optionally a text and metadata, searched by cosine similarity.</summary>
/// <remarks>
/// <para>Safe from any thread. A batch is checked whole before anything is stored, and a refused batch changes nothing.
/// What an acknowledged write stored, every later call sees. A query running at the same time as a write sees either
/// all of that write's batch or nothing of it, where the store can promise so; an adapter that cannot says so.</para>
/// <para>Every failure is a <see cref="VectorStoreException"/>, and after disposal every member throws
/// <see cref="ObjectDisposedException"/>. Disposing releases this handle; the data stays.</para>
/// </remarks>
public interface IVectorCollection : IAsyncDisposable
{
    /// <summary>The collection's name, unique in its store.</summary>
    string Name { get; }

    /// <summary>Which model's vectors lie here, and of which dimension.</summary>
    EmbeddingSpec Spec { get; }

    /// <summary>Stores the records whose ids are not there yet, and leaves the others as they are.</summary>
    /// <param name="records">The records; an empty list does nothing.</param>
    /// <param name="cancellationToken">Honoured until storing begins.</param>
    /// <exception cref="VectorStoreException">A record is refused, or the store failed.</exception>
    ValueTask AddAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default);

    /// <summary>Stores the records, replacing those with the same ids whole: vector, text and all metadata.</summary>
    /// <param name="records">The records; an empty list does nothing.</param>
    /// <param name="cancellationToken">Honoured until storing begins.</param>
    /// <exception cref="VectorStoreException">A record is refused, or the store failed.</exception>
    ValueTask UpsertAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default);

    /// <summary>Removes records.</summary>
    /// <param name="ids">Their ids; unknown ones are ignored.</param>
    /// <param name="cancellationToken">Honoured until storing begins.</param>
    /// <returns>How many records were there and are now gone.</returns>
    /// <exception cref="VectorStoreException">The store failed.</exception>
    ValueTask<int> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default);

    /// <summary>Reads records by id, with the vectors exactly as they were stored.</summary>
    /// <param name="ids">The ids; an id asked twice is answered twice.</param>
    /// <param name="cancellationToken">Ends the call early.</param>
    /// <returns>The records in the order asked; missing ones are left out.</returns>
    /// <exception cref="VectorStoreException">The store failed.</exception>
    ValueTask<IReadOnlyList<VectorRecord>> GetAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default);

    /// <summary>Finds the records most similar to a vector.</summary>
    /// <param name="query">The vector, how many records, and which may be among them.</param>
    /// <param name="cancellationToken">Ends the call early.</param>
    /// <returns>At most <see cref="VectorQuery.Limit"/> hits, best first; equal scores in ordinal order of their ids.</returns>
    /// <exception cref="VectorStoreException">The query is refused, or the store failed.</exception>
    ValueTask<IReadOnlyList<VectorHit>> QueryAsync(VectorQuery query, CancellationToken cancellationToken = default);

    /// <summary>Counts the records.</summary>
    /// <param name="filter">Which records count; null counts all.</param>
    /// <param name="cancellationToken">Ends the call early.</param>
    /// <exception cref="VectorStoreException">The store failed.</exception>
    ValueTask<long> CountAsync(VectorFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>Lists every id, in no promised order.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>Each id that is there from the beginning to the end of the listing, exactly once; of those added or removed meanwhile, any.</returns>
    /// <exception cref="VectorStoreException">The store failed.</exception>
    IAsyncEnumerable<string> ListIdsAsync(CancellationToken cancellationToken = default);
}
