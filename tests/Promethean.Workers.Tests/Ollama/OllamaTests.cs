using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Promethean.Broker;
using Promethean.Broker.Testing;

namespace Promethean.Workers.Tests;

public sealed class OllamaTests : IAsyncDisposable
{
    private readonly InMemoryBroker _broker = new();
    private readonly OllamaDouble _ollama = new();
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryBrokerClient _caller;
    private ServiceProvider? _services;

    public OllamaTests() => _caller = _broker.Connect();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_model_that_is_not_registered_is_asked_of_ollama(bool stream)
    {
        await ServeAsync();
        var answer = await _caller.ChatAsync(Ask.Chat("tiny", "Hi", stream) with { Temperature = 0, Seed = 7, MaxTokens = 50 });
        answer.Output.Should().Be(new ChatOutput { Text = "Hello", FinishReason = "length" });
        answer.Usage.Should().Be(new TokenUsage { PromptTokens = 11, CompletionTokens = 2, TotalTokens = 13 });
        var (path, body) = _ollama.Requests.Should().ContainSingle().Subject;
        path.Should().Be("/behind/api/chat");
        ((string?)body["model"]).Should().Be("tiny");
        ((string?)body["messages"]![0]!["content"]).Should().Be("Hi");
        ((double?)body["options"]!["temperature"]).Should().Be(0);
        ((long?)body["options"]!["seed"]).Should().Be(7);
        ((int?)body["options"]!["num_predict"]).Should().Be(50);
    }

    [Fact]
    public async Task A_registered_model_comes_before_ollama()
    {
        await ServeAsync();
        (await _caller.ChatAsync(Ask.Chat("extractive-summary", "Closed."))).Output.Text.Should().Be("Closed.");
        _ollama.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Ollama_embeds()
    {
        await ServeAsync();
        var result = await _caller.EmbedAsync("tiny", "one", "two");
        result.Embeddings.Should().BeEquivalentTo(new[] { new[] { 0.5f, 0.25f }, [1, 2] });
        result.Dimension.Should().Be(2);
        ((string?)_ollama.Requests.Single().Body["model"]).Should().Be("tiny");
    }

    [Theory]
    [InlineData("missing", BrokerErrorCode.NotFound)]
    [InlineData("broken", BrokerErrorCode.Internal)]
    [InlineData("busy", BrokerErrorCode.Overloaded)]
    public async Task Ollamas_refusals_become_codes(string model, BrokerErrorCode code)
    {
        await ServeAsync();
        foreach (var stream in new[] { false, true })
        {
            (await _caller.ChatAsync(Ask.Chat(model, "Hi", stream)).ShouldFailAsync(code)).Message.Should().Contain(model).And.NotContain("secret");
        }

        await _caller.EmbedAsync(model, "one").ShouldFailAsync(code);
    }

    [Fact]
    public async Task A_slow_answer_is_a_timeout()
    {
        await ServeAsync();
        var asked = _caller.ChatAsync(Ask.Chat("slow", "Hi"));
        await _ollama.SlowAsked.Task.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMinutes(5));
        await asked.ShouldFailAsync(BrokerErrorCode.Timeout);
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost:11434")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://")]
    [InlineData("not an address")]
    public void A_bad_address_is_refused_with_a_good_one_shown(string url) =>
        FluentActions.Invoking(() => new ServiceCollection().AddWorkers().AddOllama(url))
            .Should().Throw<ArgumentException>().WithMessage($"'{url}' is not the address*http://127.0.0.1:11434*");

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        if (_services is not null) await _services.DisposeAsync();
    }

    private async Task ServeAsync()
    {
        var services = new ServiceCollection();
        services.AddWorkers().AddOffline().AddOllama(new("http://ollama.test:11434/behind"), _ => _ollama);
        _services = services.BuildServiceProvider();
        var token = TestContext.Current.CancellationToken;
        await ChatWorker.StartAsync(_broker.Connect(), _services.GetRequiredService<ModelRegistry<IChatClient>>(), time: _time, cancellationToken: token);
        await EmbeddingWorker.StartAsync(
            _broker.Connect(),
            _services.GetRequiredService<ModelRegistry<IEmbeddingGenerator<string, Embedding<float>>>>(),
            time: _time,
            cancellationToken: token);
    }
}
