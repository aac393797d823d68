namespace Promethean.Vectors;

/// <summary>Where an embedded store keeps its data and how it searches.</summary>
public sealed class EmbeddedVectorStoreOptions
{
    /// <summary>The store's file, made when it is not there, its folder too; null keeps everything in memory only. Default: null.</summary>
    public string? Path { get; init; }

    /// <summary>How many threads one large query may use; small ones use the caller's alone. Default: the machine's cores, at most 2, because memory is the limit.</summary>
    public int MaxQueryThreads { get; init; } = Math.Min(2, Environment.ProcessorCount);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueryThreads, 1);
        if (Path is not null) ArgumentException.ThrowIfNullOrWhiteSpace(Path);
    }
}
