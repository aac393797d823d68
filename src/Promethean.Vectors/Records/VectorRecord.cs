namespace Promethean.Vectors;

/// <summary>One entry of a collection: an id, its vector, and optionally the text it stands for and what is known of it.</summary>
/// <remarks>
/// Equal when every part is, the vector number by number. The memory of <see cref="Embedding"/> must not change while a
/// call uses it; a store copies it. An embedding of zeros is allowed and scores 0 against everything.
/// </remarks>
public sealed record VectorRecord
{
    /// <summary>The id, unique in the collection, compared exactly; not empty, and well-formed UTF-16.</summary>
    public required string Id { get; init; }

    /// <summary>The vector: as many finite numbers as the collection's dimension, of any length.</summary>
    public required ReadOnlyMemory<float> Embedding { get; init; }

    /// <summary>The text the vector stands for; null where it is kept elsewhere.</summary>
    public string? Document { get; init; }

    /// <summary>What filters look at. Default: none.</summary>
    public VectorMetadata Metadata { get; init; } = VectorMetadata.Empty;

    /// <summary>Refuses a record that a collection could not store, as every collection does before it touches anything.</summary>
    /// <param name="spec">The collection's spec.</param>
    /// <exception cref="VectorStoreException"><see cref="VectorStoreError.InvalidRecord"/>, naming the id and what is wrong.</exception>
    public void Check(EmbeddingSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (string.IsNullOrEmpty(Id)) throw Invalid("A record has an empty id; give every record its own id.");
        if (!WellFormedText.Is(Id)) throw Invalid($"The id '{Id}' is not well-formed text (it holds half of a surrogate pair); ids must be valid Unicode.");
        if (Metadata is null) throw Invalid($"The record '{Id}' has null metadata; leave it out instead.");
        if (VectorRules.Refusal(Embedding.Span, spec) is { } refusal) throw Invalid($"The vector of record '{Id}' {refusal}");
    }

    /// <summary>Equal in every part, the vector number by number.</summary>
    /// <param name="other">The other record.</param>
    public bool Equals(VectorRecord? other) =>
        other is not null
        && Id == other.Id
        && Document == other.Document
        && Embedding.Span.SequenceEqual(other.Embedding.Span)
        && Metadata.Equals(other.Metadata);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Document, Embedding.Length, Metadata);

    private static VectorStoreException Invalid(string message) => new(VectorStoreError.InvalidRecord, message);
}
