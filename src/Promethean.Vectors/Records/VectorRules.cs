namespace Promethean.Vectors;

/// <summary>What every vector must be before it is stored or searched with.</summary>
internal static class VectorRules
{
    /// <summary>Why a vector is refused, as the rest of a sentence; null when it is fine.</summary>
    public static string? Refusal(ReadOnlySpan<float> vector, EmbeddingSpec spec)
    {
        if (vector.Length != spec.Dimension)
        {
            return $"has {vector.Length} numbers, but the collection holds {spec}; embed with that model, or use another collection.";
        }

        for (var i = 0; i < vector.Length; i++)
        {
            if (!float.IsFinite(vector[i])) return $"holds {vector[i]} at position {i}; only finite numbers can be compared.";
        }

        return null;
    }

    /// <summary>Checks a batch whole: each record, and that no id comes twice.</summary>
    public static void CheckBatch(IReadOnlyList<VectorRecord> records, EmbeddingSpec spec)
    {
        var ids = new HashSet<string>(records.Count, StringComparer.Ordinal);
        foreach (var record in records)
        {
            if (record is null) throw new VectorStoreException(VectorStoreError.InvalidRecord, "A record of the batch is null.");
            record.Check(spec);
            if (!ids.Add(record.Id))
            {
                throw new VectorStoreException(VectorStoreError.InvalidRecord, $"The id '{record.Id}' comes twice in one batch; which record should win is not defined, so send one.");
            }
        }
    }
}
