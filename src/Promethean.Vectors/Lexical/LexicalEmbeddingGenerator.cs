using Microsoft.Extensions.AI;

namespace Promethean.Vectors;

/// <summary>Embeds text by the words in it: an offline default that needs no model, and matches words, not meanings.</summary>
/// <remarks>
/// <para>Each word, and each run of three letters in it, is hashed to a position and a sign (feature hashing: Weinberger et
/// al., 2009); counts weigh by their square root; the vector has length 1. Texts that share words, or parts of words, score
/// high. "car" and "automobile" have nothing in common here: where that matters, use a real embedding model.</para>
/// <para>The same text gives the same vector on any machine and in any version that keeps the model id: only exactly
/// rounded arithmetic is used. Text without any letter or digit gives a vector of zeros. Safe from any thread; nothing to dispose.</para>
/// </remarks>
public sealed class LexicalEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <summary>Makes a generator.</summary>
    /// <param name="dimension">How many numbers a vector has, 16 to 65,536; fewer mean more words that fall together by chance.</param>
    public LexicalEmbeddingGenerator(int dimension = 384)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 16);
        Spec = new EmbeddingSpec($"lexical-hash-{dimension}", dimension);
        _metadata = new EmbeddingGeneratorMetadata("promethean", null, Spec.Model, dimension);
    }

    /// <summary>The model id, <c>lexical-hash-</c> and the dimension, and the dimension.</summary>
    public EmbeddingSpec Spec { get; }

    /// <summary>Embeds texts.</summary>
    /// <param name="values">The texts.</param>
    /// <param name="options">A model or dimension named here must be this generator's own.</param>
    /// <param name="cancellationToken">Looked at before each text.</param>
    /// <returns>One embedding per text, in their order, with the model id.</returns>
    /// <exception cref="ArgumentException">The options name another model or dimension.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } dimension && dimension != Spec.Dimension)
        {
            throw new ArgumentException($"This generator makes vectors of dimension {Spec.Dimension}, not {dimension}; construct one with that dimension.", nameof(options));
        }

        if (options?.ModelId is { } model && model != Spec.Model)
        {
            throw new ArgumentException($"This generator is the model '{Spec.Model}', not '{model}'.", nameof(options));
        }

        var embeddings = new GeneratedEmbeddings<Embedding<float>>();
        foreach (var text in values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            embeddings.Add(new Embedding<float>(Embed(text)) { ModelId = Spec.Model });
        }

        return Task.FromResult(embeddings);
    }

    /// <summary>Embeds one text, without a task around it.</summary>
    /// <param name="text">The text.</param>
    /// <returns>A new vector of length 1, or of zeros where the text has neither letter nor digit.</returns>
    public float[] Embed(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return LexicalFeatures.Embed(text, Spec.Dimension);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        return serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Does nothing: the generator holds nothing.</summary>
    public void Dispose()
    {
    }
}
