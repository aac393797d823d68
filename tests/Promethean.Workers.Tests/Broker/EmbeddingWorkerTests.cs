using Microsoft.Extensions.AI;
using Promethean.Broker;
using Promethean.Broker.Testing;

namespace Promethean.Workers.Tests;

public sealed class EmbeddingWorkerTests : IAsyncDisposable
{
    private readonly InMemoryBroker _broker = new();

    [Fact]
    public async Task Texts_become_vectors_in_the_order_asked()
    {
        var model = new ScriptedEmbeddings([[1, 2, 3], [4, 5, 6]]);
        var caller = await ServeAsync(model);
        var result = await caller.EmbedAsync("m", "one", "two");
        result.Embeddings.Should().BeEquivalentTo(new[] { new float[] { 1, 2, 3 }, [4, 5, 6] }, how => how.WithStrictOrdering());
        result.Dimension.Should().Be(3);
        result.Model.Should().Be("m");
        result.Usage.PromptTokens.Should().Be(4);
        model.Options!.ModelId.Should().Be("m");
    }

    [Fact]
    public async Task A_dimension_that_changes_is_an_error_that_names_both()
    {
        var caller = await ServeAsync(new ScriptedEmbeddings([[1, 2, 3]], [[1, 2]]));
        await caller.EmbedAsync("m", "one");
        (await caller.EmbedAsync("m", "two").ShouldFailAsync(BrokerErrorCode.Internal)).Message.Should().Contain("2 numbers").And.Contain("3 before");
    }

    [Fact]
    public async Task Vectors_that_cannot_be_used_are_refused()
    {
        var caller = await ServeAsync(new ScriptedEmbeddings([[1]], [[float.NaN], [1]], [[], []], [[1, 2], [1]]));
        foreach (var problem in new[] { "1 vectors for 2 texts", "not finite", "empty vector", "before" })
        {
            (await caller.EmbedAsync("m", "one", "two").ShouldFailAsync(BrokerErrorCode.Internal)).Message.Should().Contain(problem);
        }
    }

    [Fact]
    public async Task Limits_on_texts_are_kept()
    {
        var caller = await ServeAsync(new ScriptedEmbeddings([[1]]), new() { MaxEmbeddingTexts = 2, MaxEmbeddingCharacters = 3 });
        await caller.EmbedAsync("m", "abc");
        await caller.EmbedAsync("m").ShouldFailAsync(BrokerErrorCode.InvalidRequest);
        await caller.EmbedAsync("m", [null!]).ShouldFailAsync(BrokerErrorCode.InvalidRequest);
        await caller.EmbedAsync("m", "a", "b", "c").ShouldFailAsync(BrokerErrorCode.TooLarge);
        (await caller.EmbedAsync("m", "a", "abcd").ShouldFailAsync(BrokerErrorCode.TooLarge)).Message.Should().Contain("Text 1");
    }

    [Fact]
    public async Task An_unknown_model_is_not_found()
    {
        var caller = await ServeAsync(new ScriptedEmbeddings([[1]]));
        (await caller.EmbedAsync("other", "one").ShouldFailAsync(BrokerErrorCode.NotFound)).Message.Should().Contain("Registered: m");
    }

    public async ValueTask DisposeAsync() => await _broker.DisposeAsync();

    private async Task<IBrokerClient> ServeAsync(ScriptedEmbeddings model, WorkersOptions? options = null)
    {
        await EmbeddingWorker.StartAsync(
            _broker.Connect(),
            new([KeyValuePair.Create<string, IEmbeddingGenerator<string, Embedding<float>>>("m", model)]),
            options,
            cancellationToken: TestContext.Current.CancellationToken);
        return _broker.Connect();
    }
}
