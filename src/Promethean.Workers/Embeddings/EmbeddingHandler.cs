using System.Collections.Concurrent;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Promethean.Broker;

namespace Promethean.Workers;

/// <summary>Answers one embedding request after another with the models of a registry.</summary>
internal sealed class EmbeddingHandler(
    ModelRegistry<IEmbeddingGenerator<string, Embedding<float>>> models,
    WorkersOptions options,
    ModelCallSettings settings)
{
    private readonly ConcurrentDictionary<string, int> _dimensions = new(StringComparer.Ordinal);

    public async IAsyncEnumerable<BrokerReply> HandleAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var asked = Read(request.Payload);
        var generator = models.Find(asked.Model) ?? throw ModelErrors.NotFound(asked.Model, models.Ids);
        using var call = new ModelCall(settings, asked.Model, generator.GetService<EmbeddingGeneratorMetadata>()?.ProviderName, cancellationToken);
        var how = new EmbeddingGenerationOptions { ModelId = asked.Model };
        var generated = await call.RunAsync(token => generator.GenerateAsync(asked.Input, how, token)).ConfigureAwait(false);
        var vectors = generated.Select(embedding => embedding.Vector.ToArray()).ToList();
        if (Problem(asked, vectors) is { } problem) throw call.Refuse(problem);
        var result = new EmbeddingResult
        {
            Embeddings = vectors,
            Model = asked.Model,
            Dimension = vectors[0].Length,
            Usage = ModelUsage.Of(generated.Usage),
        };
        call.Succeed(result.Usage);
        yield return BrokerReply.Final(BrokerEvents.EmbeddingResult, result, BrokerJsonContext.Default.EmbeddingResult);
    }

    private EmbeddingRequest Read(JsonPayload payload)
    {
        var request = payload.Read(BrokerJsonContext.Default.EmbeddingRequest) ?? throw Invalid("The request is null.");
        if (string.IsNullOrEmpty(request.Model)) throw Invalid("'model' is empty.");
        if (request.Input is not { Count: > 0 }) throw Invalid("'input' is empty.");
        if (request.Input.Count > options.MaxEmbeddingTexts) throw TooLarge($"There are {request.Input.Count} texts; at most {options.MaxEmbeddingTexts} are taken.");
        for (var i = 0; i < request.Input.Count; i++)
        {
            if (request.Input[i] is not { } text) throw Invalid($"Text {i} is null.");
            if (text.Length > options.MaxEmbeddingCharacters) throw TooLarge($"Text {i} has {text.Length} characters; at most {options.MaxEmbeddingCharacters} are taken.");
        }

        return request;
    }

    private string? Problem(EmbeddingRequest asked, List<float[]> vectors)
    {
        if (vectors.Count != asked.Input.Count) return $"The model '{asked.Model}' gave {vectors.Count} vectors for {asked.Input.Count} texts.";
        if (vectors[0].Length == 0) return $"The model '{asked.Model}' gave an empty vector.";
        if (!vectors.TrueForAll(vector => TensorPrimitives.IsFiniteAll<float>(vector))) return $"The model '{asked.Model}' gave a number that is not finite.";
        var expected = _dimensions.GetOrAdd(asked.Model, vectors[0].Length);
        var other = vectors.Find(vector => vector.Length != expected);
        return other is null ? null : $"The model '{asked.Model}' gave a vector of {other.Length} numbers; its vectors had {expected} before.";
    }

    private static BrokerException Invalid(string message) => new(BrokerErrorCode.InvalidRequest, message);

    private static BrokerException TooLarge(string message) => new(BrokerErrorCode.TooLarge, message);
}
