namespace Promethean.Vectors;

/// <summary>What to look for.</summary>
public sealed record VectorQuery
{
    /// <summary>The vector to compare with; it must come from the model that the collection names.</summary>
    public required ReadOnlyMemory<float> Embedding { get; init; }

    /// <summary>How many records to return at most, at least 1. Default: 10.</summary>
    public int Limit { get; init; } = 10;

    /// <summary>Which records may be returned. Default: all.</summary>
    public VectorFilter? Filter { get; init; }

    /// <summary>Refuses a query that a collection could not answer.</summary>
    /// <param name="spec">The collection's spec.</param>
    /// <exception cref="VectorStoreException"><see cref="VectorStoreError.InvalidQuery"/>, naming what is wrong.</exception>
    public void Check(EmbeddingSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (Limit < 1) throw new VectorStoreException(VectorStoreError.InvalidQuery, $"The query's limit is {Limit}; it must be at least 1.");
        if (VectorRules.Refusal(Embedding.Span, spec) is { } refusal) throw new VectorStoreException(VectorStoreError.InvalidQuery, $"The query's vector {refusal}");
    }
}
