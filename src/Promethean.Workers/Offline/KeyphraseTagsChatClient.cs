using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Promethean.Workers;

/// <summary>
/// Tags without a model or a network: 3 to 12 of the page's own words and phrases, each as <c>#lower-case-kebab</c> of at most
/// three words, parted by commas. It understands nothing; it counts words.
/// </summary>
/// <remarks>
/// <para>It reads the last user message alone, and of that only what stands between a line that starts with <c>&lt;page </c> and
/// a line <c>&lt;/page&gt;</c>, where there is such a block. Stop words, numbers and words of navigation such as <c>home</c> and
/// <c>login</c> are no tags; there are fewer than three only where the page has fewer words than that which are left.</para>
/// <para>The same text gives the same answer, on any machine. Of the options it heeds <see cref="ChatOptions.MaxOutputTokens"/>, a
/// tag counting as four tokens. Safe from any thread; a page of 20 kB costs about a millisecond.</para>
/// </remarks>
public sealed class KeyphraseTagsChatClient : IChatClient
{
    /// <summary>The model's id: <c>keyphrase-tags</c>.</summary>
    public const string ModelId = "keyphrase-tags";

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
        OfflineAnswer.To(messages, ModelId, page => KeyphraseTags.Of(page, options?.MaxOutputTokens is { } tokens ? tokens / 4 : KeyphraseTags.MostTags));
}
