namespace Promethean.Vectors;

/// <summary>What a record is besides its vector.</summary>
internal struct VectorRow
{
    public string Id;
    public string? Document;
    public VectorMetadata Metadata;

    /// <summary>One over the length of the vector in the block; 0 for a vector of zeros.</summary>
    public float InverseNorm;

    /// <summary>The vector as it was given, where the block holds it at length 1 instead.</summary>
    public float[]? Original;
}
