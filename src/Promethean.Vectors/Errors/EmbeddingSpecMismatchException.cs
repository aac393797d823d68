namespace Promethean.Vectors;

/// <summary>A collection was opened for vectors of another model or dimension than it holds. Nothing was changed.</summary>
public sealed class EmbeddingSpecMismatchException : VectorStoreException
{
    /// <summary>A mismatch without more to say.</summary>
    public EmbeddingSpecMismatchException()
        : this("The collection holds vectors of another model or dimension.")
    {
    }

    /// <summary>A mismatch.</summary>
    /// <param name="message">What differs, where, and what to do next.</param>
    public EmbeddingSpecMismatchException(string message)
        : base(VectorStoreError.SpecMismatch, message)
    {
    }

    /// <summary>A mismatch.</summary>
    /// <param name="message">What differs, where, and what to do next.</param>
    /// <param name="innerException">The cause.</param>
    public EmbeddingSpecMismatchException(string message, Exception innerException)
        : base(VectorStoreError.SpecMismatch, message, innerException)
    {
    }

    /// <summary>A mismatch between what is stored and what was asked for.</summary>
    /// <param name="collection">The collection's name.</param>
    /// <param name="place">The file or address of the store.</param>
    /// <param name="stored">The spec that the collection was made with.</param>
    /// <param name="asked">The spec that it was opened with.</param>
    public EmbeddingSpecMismatchException(string collection, string place, EmbeddingSpec stored, EmbeddingSpec asked)
        : base(
            VectorStoreError.SpecMismatch,
            $"The collection '{collection}' in {place} holds vectors of {stored}, but was opened for {asked}. "
            + "Nothing was changed. Configure the stored model, or embed everything anew into a collection of another name.")
    {
        Collection = collection;
        Place = place;
        Stored = stored;
        Asked = asked;
    }

    /// <summary>The collection's name; null where the exception was made from a message alone.</summary>
    public string? Collection { get; }

    /// <summary>The file or address of the store; null where the exception was made from a message alone.</summary>
    public string? Place { get; }

    /// <summary>The spec that the collection was made with; null where the exception was made from a message alone.</summary>
    public EmbeddingSpec? Stored { get; }

    /// <summary>The spec that it was opened with; null where the exception was made from a message alone.</summary>
    public EmbeddingSpec? Asked { get; }
}
