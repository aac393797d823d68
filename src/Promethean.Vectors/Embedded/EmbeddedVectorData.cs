namespace Promethean.Vectors;

/// <summary>A collection's data, shared by its handles.</summary>
internal sealed class EmbeddedVectorData(string name, EmbeddingSpec spec) : IDisposable
{
    public string Name { get; } = name;

    public EmbeddingSpec Spec { get; } = spec;

    public VectorTable Table { get; } = new(spec.Dimension);

    /// <summary>The collection's key in the file; 0 where there is none.</summary>
    public long FileId { get; init; }

    public void Dispose() => Table.Dispose();
}
