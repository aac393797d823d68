using System.Net;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Promethean.Broker;
using Promethean.Broker.Testing;

namespace Promethean.Workers.Tests;

public sealed class ChatWorkerTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryBroker _broker;
    private readonly InMemoryBrokerClient _caller;

    public ChatWorkerTests()
    {
        _broker = new(time: _time);
        _caller = _broker.Connect();
    }

    [Fact]
    public async Task A_request_is_answered_by_the_model_it_names()
    {
        await ServeAsync(("a", ScriptedChatClient.Saying("not me")), ("b", ScriptedChatClient.Saying("Hel", "lo")));
        var answer = await _caller.ChatAsync(Ask.Chat("b", "Hi"));
        answer.Output.Should().Be(new ChatOutput { Text = "Hello", FinishReason = "stop" });
        answer.Model.Should().Be("b");
    }

    [Fact]
    public async Task A_stream_gives_deltas_and_then_the_whole()
    {
        await ServeAsync(("m", ScriptedChatClient.Saying("Hel", "", "lo")));
        var replies = await _caller.RequestStreamAsync(
            BrokerActions.ChatCompletion,
            JsonPayload.From(Ask.Chat("m", "Hi", stream: true), BrokerJsonContext.Default.ChatCompletionRequest),
            cancellationToken: TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        replies.Select(reply => reply.Event).Should().Equal(BrokerEvents.ChatDelta, BrokerEvents.ChatDelta, BrokerEvents.ChatComplete);
        replies[0].Body.Read(BrokerJsonContext.Default.ChatDelta)!.Delta.Should().Be("Hel");
        replies[^1].IsFinal.Should().BeTrue();
        replies[^1].Body.Read(BrokerJsonContext.Default.ChatComplete)!.Output.Text.Should().Be("Hello");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Usage_finish_reason_and_model_are_the_models_own(bool stream)
    {
        await ServeAsync(("m", new(_ => new[]
        {
            new ChatResponseUpdate(ChatRole.Assistant, "cut") { ModelId = "m-2026" },
            new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 3, OutputTokenCount = 1 })]) { FinishReason = ChatFinishReason.Length },
        }.ToAsyncEnumerable())));
        var answer = await _caller.ChatAsync(Ask.Chat("m", "Hi", stream));
        answer.Usage.Should().Be(new TokenUsage { PromptTokens = 3, CompletionTokens = 1, TotalTokens = 4 });
        answer.Output.FinishReason.Should().Be("length");
        answer.Model.Should().Be("m-2026");
    }

    [Fact]
    public async Task Messages_and_settings_reach_the_model()
    {
        var model = ScriptedChatClient.Saying("ok");
        await ServeAsync(("m", model));
        await _caller.ChatAsync(new()
        {
            Model = "m",
            Messages = [new() { Role = "system", Content = "Be brief." }, new() { Role = "user", Content = "Hi" }, new() { Role = "assistant", Content = "Ho" }, new() { Role = "tool", Content = "1" }],
            Temperature = 0.5,
            MaxTokens = 7,
            Seed = 42,
        });
        model.Messages.Select(message => (message.Role.Value, message.Text)).Should().Equal(("system", "Be brief."), ("user", "Hi"), ("assistant", "Ho"), ("tool", "1"));
        model.Options.Should().BeEquivalentTo(new { ModelId = "m", Temperature = 0.5f, MaxOutputTokens = 7, Seed = 42L });
    }

    [Fact]
    public async Task An_unknown_model_is_not_found_and_the_known_ones_are_named()
    {
        await ServeAsync(("b", ScriptedChatClient.Saying()), ("a", ScriptedChatClient.Saying()));
        var error = await _caller.ChatAsync(Ask.Chat("c", "Hi")).ShouldFailAsync(BrokerErrorCode.NotFound);
        error.Message.Should().Contain("'c'").And.Contain("a, b");
    }

    public static TheoryData<Exception, BrokerErrorCode> Failures => new()
    {
        { new InvalidOperationException("secret"), BrokerErrorCode.Internal },
        { new OperationCanceledException("secret"), BrokerErrorCode.Internal },
        { new HttpRequestException("secret"), BrokerErrorCode.Internal },
        { new HttpRequestException("secret", null, HttpStatusCode.InternalServerError), BrokerErrorCode.Internal },
        { new HttpRequestException("secret", null, HttpStatusCode.TooManyRequests), BrokerErrorCode.Overloaded },
        { new HttpRequestException("secret", null, HttpStatusCode.ServiceUnavailable), BrokerErrorCode.Overloaded },
        { new HttpRequestException("secret", null, HttpStatusCode.NotFound), BrokerErrorCode.NotFound },
        { new HttpRequestException("secret", null, HttpStatusCode.GatewayTimeout), BrokerErrorCode.Timeout },
        { new TimeoutException("secret"), BrokerErrorCode.Timeout },
        { new TaskCanceledException("secret", new TimeoutException("secret")), BrokerErrorCode.Timeout },
        { new BrokerException(BrokerErrorCode.Forbidden, "No."), BrokerErrorCode.Forbidden },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_models_failure_becomes_a_code_and_its_text_stays_here(Exception failure, BrokerErrorCode code)
    {
        await ServeAsync(("m", ScriptedChatClient.Failing(failure, "begun")));
        foreach (var stream in new[] { false, true })
        {
            var error = await _caller.ChatAsync(Ask.Chat("m", "Hi", stream)).ShouldFailAsync(code);
            error.Message.Should().NotContain("secret");
            (error.RetryAfter is not null).Should().Be(code == BrokerErrorCode.Overloaded);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_model_that_takes_too_long_is_left_even_if_it_is_deaf(bool stream)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await ServeAsync(new WorkersOptions { ModelTimeout = TimeSpan.FromSeconds(30) }, ("m", new(_ => DeafAsync(begun))));
        var asked = _caller.ChatAsync(Ask.Chat("m", "Hi", stream));
        await begun.Task.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(29));
        asked.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        (await asked.ShouldFailAsync(BrokerErrorCode.Timeout)).Message.Should().Contain("'m'").And.Contain("30 s");
    }

    [Fact]
    public async Task A_caller_that_leaves_cancels_the_model()
    {
        var (begun, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        await ServeAsync(("m", new(token => ObedientAsync(begun, cancelled, token))));
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var asked = _caller.RequestAsync(
            BrokerActions.ChatCompletion,
            JsonPayload.From(Ask.Chat("m", "Hi", stream: true), BrokerJsonContext.Default.ChatCompletionRequest),
            cancellationToken: leaving.Token).AsTask();
        await begun.Task;
        await leaving.CancelAsync();
        await FluentActions.Awaiting(() => asked).Should().ThrowAsync<OperationCanceledException>();
        await cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[]}""", BrokerErrorCode.InvalidRequest)]
    [InlineData("""{"model":"","messages":[{"role":"user","content":"Hi"}]}""", BrokerErrorCode.InvalidRequest)]
    [InlineData("""{"model":"m","messages":[{"role":"wizard","content":"Hi"}]}""", BrokerErrorCode.InvalidRequest)]
    [InlineData("""{"model":"m","messages":[null]}""", BrokerErrorCode.InvalidRequest)]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":null}]}""", BrokerErrorCode.InvalidRequest)]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"Hi"}],"temperature":3}""", BrokerErrorCode.InvalidRequest)]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":0}""", BrokerErrorCode.InvalidRequest)]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"Much too long"}]}""", BrokerErrorCode.TooLarge)]
    [InlineData("""{"messages":7}""", BrokerErrorCode.InvalidRequest)]
    [InlineData("null", BrokerErrorCode.InvalidRequest)]
    public async Task A_request_out_of_shape_is_refused(string payload, BrokerErrorCode code)
    {
        await ServeAsync(new WorkersOptions { MaxChatCharacters = 5 }, ("m", ScriptedChatClient.Saying("no")));
        await _caller.RequestAsync(BrokerActions.ChatCompletion, JsonPayload.Parse(payload), cancellationToken: TestContext.Current.CancellationToken)
            .AsTask().ShouldFailAsync(code);
    }

    [Fact]
    public async Task The_limits_and_models_of_a_worker_are_checked_when_it_starts()
    {
        await FluentActions.Awaiting(() => ServeAsync()).Should().ThrowAsync<ArgumentException>().WithMessage("*no model*");
        await FluentActions.Awaiting(() => ServeAsync(new WorkersOptions { ChatConcurrency = 0 }, ("m", ScriptedChatClient.Saying())))
            .Should().ThrowAsync<ArgumentException>().WithMessage("*ChatConcurrency*");
    }

    [Fact]
    public async Task Disposal_ends_the_registration()
    {
        var worker = await ServeAsync(("m", ScriptedChatClient.Saying("ok")));
        await worker.DisposeAsync();
        worker.Completion.IsCompletedSuccessfully.Should().BeTrue();
        await _caller.ChatAsync(Ask.Chat("m", "Hi")).ShouldFailAsync(BrokerErrorCode.NoResponders);
    }

    public async ValueTask DisposeAsync() => await _broker.DisposeAsync();

    private static async IAsyncEnumerable<ChatResponseUpdate> DeafAsync(TaskCompletionSource begun)
    {
        begun.TrySetResult();
        await new TaskCompletionSource().Task;
        yield break;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> ObedientAsync(
        TaskCompletionSource begun,
        TaskCompletionSource cancelled,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        using var registration = token.Register(cancelled.SetResult);
        begun.TrySetResult();
        await cancelled.Task;
        token.ThrowIfCancellationRequested();
        yield break;
    }

    private Task<ChatWorker> ServeAsync(params (string Id, ScriptedChatClient Model)[] models) => ServeAsync(new WorkersOptions(), models);

    private async Task<ChatWorker> ServeAsync(WorkersOptions options, params (string Id, ScriptedChatClient Model)[] models) =>
        await ChatWorker.StartAsync(
            _broker.Connect(),
            new(models.Select(model => KeyValuePair.Create<string, IChatClient>(model.Id, model.Model))),
            options,
            _time,
            cancellationToken: TestContext.Current.CancellationToken);
}
