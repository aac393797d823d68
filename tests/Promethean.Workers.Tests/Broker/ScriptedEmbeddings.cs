using Microsoft.Extensions.AI;

namespace Promethean.Workers.Tests;

/// <summary>An embedding model that gives the vectors a test says, one set per call.</summary>
internal sealed class ScriptedEmbeddings(params float[][][] calls) : IEmbeddingGenerator<string, Embedding<float>>
{
    private int _call;

    public EmbeddingGenerationOptions? Options { get; private set; }

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        Options = options;
        var vectors = calls[Math.Min(_call++, calls.Length - 1)];
        return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(vectors.Select(vector => new Embedding<float>(vector)))
        {
            Usage = new() { InputTokenCount = 4 },
        });
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
