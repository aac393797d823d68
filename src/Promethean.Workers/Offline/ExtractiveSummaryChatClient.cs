using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Promethean.Workers;

/// <summary>
/// Summarises without a model or a network: picks three to eight of the page's own sentences, about 60 to 200 tokens, and gives
/// them in the page's order. It understands nothing; it counts words.
/// </summary>
/// <remarks>
/// <para>It reads the last user message alone, and of that only what stands between a line that starts with <c>&lt;page </c> and
/// a line <c>&lt;/page&gt;</c>, where there is such a block. Code, menus and lists of links are left out where there is prose; a
/// short page is its own summary. The answer is not empty where the page has a letter.</para>
/// <para>The same text gives the same answer, on any machine. Of the options it heeds <see cref="ChatOptions.MaxOutputTokens"/>, a
/// word counting as 1.3 tokens. Safe from any thread; a page of 20 kB costs about a millisecond.</para>
/// </remarks>
public sealed class ExtractiveSummaryChatClient : IChatClient
{
    /// <summary>The model's id: <c>extractive-summary</c>.</summary>
    public const string ModelId = "extractive-summary";

    private static readonly ChatClientMetadata Metadata = new("promethean", defaultModelId: ModelId);

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Answer(messages, options).AsResponse());
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var update in Answer(messages, options).AsUpdates())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return update;
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? Metadata
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Does nothing: there is nothing to release.</summary>
    public void Dispose()
    {
    }

    private static OfflineAnswer Answer(IEnumerable<ChatMessage> messages, ChatOptions? options) =>
        OfflineAnswer.To(messages, ModelId, page => ExtractiveSummary.Of(page, options?.MaxOutputTokens ?? ExtractiveSummary.MostTokens));
}
