using Promethean.Broker;

namespace Promethean.Workers.Tests;

/// <summary>Requests as tests write them.</summary>
internal static class Ask
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    public static ChatCompletionRequest Chat(string model, string text, bool stream = false) =>
        new() { Model = model, Messages = [new() { Role = "user", Content = text }], Stream = stream };

    public static Task<ChatComplete> ChatAsync(this IBrokerClient client, ChatCompletionRequest request) =>
        client.RequestAsync(
            BrokerActions.ChatCompletion,
            request,
            BrokerJsonContext.Default.ChatCompletionRequest,
            BrokerJsonContext.Default.ChatComplete,
            cancellationToken: TestContext.Current.CancellationToken).AsTask();

    public static Task<EmbeddingResult> EmbedAsync(this IBrokerClient client, string model, params string[] texts) =>
        client.RequestAsync(
            BrokerActions.EmbeddingQuery,
            new() { Model = model, Input = texts },
            BrokerJsonContext.Default.EmbeddingRequest,
            BrokerJsonContext.Default.EmbeddingResult,
            cancellationToken: TestContext.Current.CancellationToken).AsTask();

    public static async Task<BrokerException> ShouldFailAsync(this Task request, BrokerErrorCode code)
    {
        var error = (await FluentActions.Awaiting(() => request.WaitAsync(Guard, TestContext.Current.CancellationToken)).Should().ThrowAsync<BrokerException>()).Which;
        error.Code.Should().Be(code, error.Message);
        return error;
    }
}
