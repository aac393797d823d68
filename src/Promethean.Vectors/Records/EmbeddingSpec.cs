namespace Promethean.Vectors;

/// <summary>What made the vectors of a collection: vectors of different models or dimensions cannot be compared.</summary>
/// <remarks>Stored with the collection; opening it with another one is an <see cref="EmbeddingSpecMismatchException"/>.</remarks>
public sealed record EmbeddingSpec
{
    /// <summary>Names a model and its dimension.</summary>
    /// <param name="model">The model's id, version included, for example <c>nomic-embed-text:v1.5</c>.</param>
    /// <param name="dimension">How many numbers a vector has, 1 to 65,536.</param>
    public EmbeddingSpec(string model, int dimension)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, 65_536);
        Model = model;
        Dimension = dimension;
    }

    /// <summary>The model's id, compared exactly.</summary>
    public string Model { get; }

    /// <summary>How many numbers a vector has.</summary>
    public int Dimension { get; }

    /// <summary>The model and the dimension, for messages.</summary>
    public override string ToString() => $"model '{Model}', dimension {Dimension}";
}
