using Promethean.Broker;
using Promethean.Broker.Testing;

namespace Promethean.Crawler.Tests;

/// <summary>The crawler's way to the models, on the broker's double: no store, no sockets, no waiting.</summary>
public sealed class ModelClientTests
{
    private static readonly CrawlerOptions Options = new() { EmbedDimension = 3, PassTimeout = TimeSpan.FromMinutes(2) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_prompt_reaches_the_chat_worker_and_its_text_comes_back()
    {
        await using var broker = new InMemoryBroker();
        ChatCompletionRequest? asked = null;
        await ServeChatAsync(broker, request => asked = request, "a summary");
        var models = new ModelClient(broker.Connect(), Options, broker.Time);

        (await models.ChatAsync("extractive", "Be brief.", "A page.", Token)).Should().Be("a summary");

        asked!.Messages.Select(message => message.Role).Should().Equal("system", "user");
        broker.Counters.Should().BeEquivalentTo(new { Requests = 1, Answered = 1 });
    }

    [Fact]
    public async Task A_lost_prompt_ends_at_the_passes_time_limit_and_not_before()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(new() { Faults = new() { Rules = [new("chat.completion", FaultAction.Drop)] } }, clock);
        await ServeChatAsync(broker, _ => { }, "never heard");
        var models = new ModelClient(broker.Connect(), Options, clock);

        var asking = models.ChatAsync("extractive", "s", "u", Token);
        await clock.AdvanceAsync(Options.PassTimeout - TimeSpan.FromSeconds(1), Token);
        asking.IsCompleted.Should().BeFalse();
        await clock.AdvanceAsync(TimeSpan.FromSeconds(1), Token);

        (await asking.Awaiting(task => task).Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Timeout);
    }

    [Fact]
    public async Task Without_a_worker_the_answer_comes_at_once_and_without_a_connection_it_is_known()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        var models = new ModelClient(client, Options, broker.Time);
        (await models.Awaiting(one => one.EmbedAsync("text", Token)).Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.NoResponders);
        models.IsConnected.Should().BeTrue();
        client.DisconnectNow();
        models.IsConnected.Should().BeFalse();
    }

    [Fact]
    public async Task A_vector_of_another_dimension_is_refused_with_both_numbers()
    {
        await using var broker = new InMemoryBroker();
        await broker.Connect().ServeAsync(
            BrokerActions.EmbeddingQuery,
            BrokerEvents.EmbeddingResult,
            (EmbeddingRequest request, CancellationToken _) => new ValueTask<EmbeddingResult>(
                new EmbeddingResult { Embeddings = [[1f, 0f]], Model = "m", Dimension = 2, Usage = new() }),
            BrokerJsonContext.Default.EmbeddingRequest,
            BrokerJsonContext.Default.EmbeddingResult,
            cancellationToken: Token);
        var models = new ModelClient(broker.Connect(), Options, broker.Time);
        await models.Awaiting(one => one.EmbedAsync("text", Token)).Should().ThrowAsync<PassOutputException>().WithMessage("*2 numbers where one of 3*");
    }

    private static async Task ServeChatAsync(InMemoryBroker broker, Action<ChatCompletionRequest> look, string text) =>
        await broker.Connect("worker").ServeAsync(
            BrokerActions.ChatCompletion,
            BrokerEvents.ChatComplete,
            (ChatCompletionRequest request, CancellationToken _) =>
            {
                look(request);
                return new ValueTask<ChatComplete>(new ChatComplete { Output = new() { Text = text, FinishReason = "stop" }, Usage = new() });
            },
            BrokerJsonContext.Default.ChatCompletionRequest,
            BrokerJsonContext.Default.ChatComplete,
            cancellationToken: Token);
}
