using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Promethean.Workers.Tests;

/// <summary>A chat model that does what a test says and remembers what it was asked.</summary>
internal sealed class ScriptedChatClient(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> script) : IChatClient
{
    public List<ChatMessage> Messages { get; } = [];

    public ChatOptions? Options { get; private set; }

    public bool IsDisposed { get; private set; }

    public static ScriptedChatClient Saying(params string[] pieces) => new(_ => pieces.Select(piece => new ChatResponseUpdate(ChatRole.Assistant, piece)).ToAsyncEnumerable());

    public static ScriptedChatClient Failing(Exception exception, params string[] before) => new(_ => FailAsync(exception, before));

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        (await GetStreamingResponseAsync(messages, options, cancellationToken).ToListAsync(cancellationToken)).ToChatResponse();

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Messages.AddRange(messages);
        Options = options;
        await foreach (var update in script(cancellationToken)) yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("scripted") : null;

    public void Dispose() => IsDisposed = true;

    private static async IAsyncEnumerable<ChatResponseUpdate> FailAsync(Exception exception, string[] before)
    {
        foreach (var piece in before) yield return new(ChatRole.Assistant, piece);
        await Task.Yield();
        throw exception;
    }
}
