namespace Promethean.Broker.Server.Tests;

public sealed class TypedFormTests
{
    private static readonly EmbeddingRequest Asked = new() { Model = "m", Input = ["a"] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_typed_request_reaches_a_typed_handler_and_streams_its_answer()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = broker.Client();
        await ServeAsync(client);
        var replies = new List<BrokerReply>();
        await foreach (var reply in client.RequestStreamAsync("made.up", Asked, BrokerJsonContext.Default.EmbeddingRequest, cancellationToken: Token))
        {
            replies.Add(reply);
        }

        replies.Should().ContainSingle().Which.Event.Should().Be("made");
        replies[0].Body.Read(BrokerJsonContext.Default.EmbeddingResult)!.Model.Should().Be("m");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("{}")]
    public async Task A_request_that_a_typed_handler_cannot_read_is_refused(string payload)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = broker.Client();
        await ServeAsync(client);
        (await FluentActions.Awaiting(() => client.RequestAsync("made.up", JsonPayload.Parse(payload), cancellationToken: Token).AsTask())
            .Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.InvalidRequest);
    }

    private static ValueTask<IBrokerWorker> ServeAsync(WebSocketBrokerClient client) => client.ServeAsync(
        "made.up",
        "made",
        (request, _) => ValueTask.FromResult(new EmbeddingResult { Embeddings = [], Model = request.Model, Dimension = 0, Usage = new() }),
        BrokerJsonContext.Default.EmbeddingRequest,
        BrokerJsonContext.Default.EmbeddingResult,
        cancellationToken: Token);
}
